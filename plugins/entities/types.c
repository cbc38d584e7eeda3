/* types.c: see types.h. */
#include "plugins/entities/types.h"

#include <stdbool.h>
#include <string.h>

static const char *const type_names[] = { [ENTITY_NONE] = "",
#define X(name, meaning) [ENTITY_##name] = #name,
                                          ENTITY_TYPES(X)
#undef X
};

const char *entity_type_name(uint8_t type)
{
    return type_names[type];
}

/* Type names are capital letters only; a small letter differs in one bit. */
static bool is_type_name(const char *type, const char *name, size_t length)
{
    if (strlen(type) != length)
        return false;
    for (size_t i = 0; i < length; i++)
        if ((name[i] & ~0x20) != type[i])
            return false;
    return true;
}

uint8_t entity_type_find(const char *name, size_t length)
{
    for (uint32_t type = 1; type < ENTITY_TYPE_COUNT; type++)
        if (is_type_name(type_names[type], name, length))
            return (uint8_t)type;
    return ENTITY_NONE;
}
