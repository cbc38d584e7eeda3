/* tell.c: a finding of the doctor's, as a line for people or as JSON. */
#include "clients/cli/doctor/doctor.h"

#include <stdarg.h>
#include <string.h>

#include "clients/cli/lib/json.h"

#define TEXT_COLUMN 22 /* behind the state and the check's name */

static const struct {
    const char *name, *color;
} states[] = { [DOCTOR_OK] = { "ok", "32" }, [DOCTOR_WARN] = { "warn", "33" }, [DOCTOR_FAIL] = { "FAIL", "1;31" } };

static void print_line(const struct doctor *d, enum doctor_state state, const char *check, const char *advice,
                       const char *text)
{
    const struct term *term = &d->term;

    term_in_color(term, states[state].color, states[state].name);
    fprintf(term->out, "%*s%-*s", (int)(6 - strlen(states[state].name)), "", TEXT_COLUMN - 6, check);
    term_wrapped(term, text, TEXT_COLUMN);
    if (!advice)
        return;
    fprintf(term->out, "%*s", TEXT_COLUMN - 2, "");
    fputs("> ", term->out);
    term_wrapped(term, advice, TEXT_COLUMN);
}

static void write_json(const struct doctor *d, enum doctor_state state, const char *check, const char *advice,
                       const char *text)
{
    static const char *const names[] = { [DOCTOR_OK] = "ok", [DOCTOR_WARN] = "warn", [DOCTOR_FAIL] = "fail" };

    printf("%s{\"check\":\"%s\",\"state\":\"%s\",\"text\":", d->n ? "," : "", check, names[state]);
    json_text(stdout, text, strlen(text));
    fputs(",\"do\":", stdout);
    if (advice)
        json_text(stdout, advice, strlen(advice));
    else
        fputs("null", stdout);
    putchar('}');
}

void doctor_tell(struct doctor *d, enum doctor_state state, const char *check, const char *advice, const char *format,
                 ...)
{
    char text[DOCTOR_TEXT];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (d->cli->json)
        write_json(d, state, check, advice, text);
    else
        print_line(d, state, check, advice, text);
    fflush(stdout); /* the next question may take a while */
    d->n++;
    d->n_warnings += state == DOCTOR_WARN;
    d->n_failures += state == DOCTOR_FAIL;
}
