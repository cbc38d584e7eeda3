/* confinement.c: see confinement.h. */
#include "daemon/both/confinement.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <seccomp.h>

#include "common/grant.h"

static const char *const names[] = {
#define X(name, text) [TD_CONFINE_##name] = text,
    TD_CONFINES(X)
#undef X
};

const char *td_confine_name(enum td_confine part)
{
    return names[part];
}

static size_t append(char *words, size_t size, size_t used, const char *text)
{
    int n = snprintf(words + used, size - used, "%s", text);

    return (size_t)n < size - used ? used + (size_t)n : size - 1;
}

int td_confinement_describe(const struct td_confinement *c, char *words, size_t size)
{
    size_t used = 0;
    int is_missing = 0;
    char text[128];

    words[0] = 0;
    if (c->mode == TD_SANDBOX_OFF) {
        append(words, size, 0, "by nothing: security.sandbox is off");
        return 1;
    }
    used = append(words, size, used, "by");
    for (int i = 0; i < TD_N_CONFINES; i++) {
        if (!(c->applied >> i & 1))
            continue;
        snprintf(text, sizeof text, i == TD_CONFINE_LANDLOCK ? "%s %s (ABI %d)" : "%s %s", used > 2 ? "," : "",
                 names[i], (int)c->landlock_abi);
        used = append(words, size, used, text);
    }
    for (int i = 0; i < TD_N_CONFINES; i++) {
        if (c->applied >> i & 1)
            continue;
        snprintf(text, sizeof text, "%s %s (%s)", is_missing++ ? "," : "; missing:", names[i], strerror(c->errors[i]));
        used = append(words, size, used, text);
    }
    return is_missing;
}

void td_confinement_call(uint32_t number, char *words, size_t size)
{
    char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, (int)number);

    if (name)
        snprintf(words, size, "%s()", name);
    else
        snprintf(words, size, "system call %u", number);
    free(name);
}
