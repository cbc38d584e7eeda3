/* types.c: see types.h. */
#include "plugins/entities/types.h"

#include <string.h>

#include "plugins/lib/character.h"

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

bool entity_types_may_be(const char *name, size_t length)
{
    if (length == 0 || length >= ENTITY_TYPE_BYTES || !char_is_upper(name[0]))
        return false;
    for (size_t i = 0; i < length; i++)
        if (!char_is_upper(name[i]) && !char_is_digit(name[i]) && name[i] != '_')
            return false;
    return true;
}

uint8_t entity_types_find(const struct entity_types *types, const char *name, size_t length)
{
    uint8_t type = entity_type_find(name, length);

    for (uint32_t i = 0; type == ENTITY_NONE && i < types->n; i++)
        if (strlen(types->names[i]) == length && memcmp(types->names[i], name, length) == 0)
            type = (uint8_t)(ENTITY_TYPE_COUNT + i);
    return type;
}

uint8_t entity_types_add(struct entity_types *types, const char *name, size_t length)
{
    uint8_t type = entity_types_find(types, name, length);

    if (type != ENTITY_NONE || types->n == ENTITY_MOST_OWN_TYPES)
        return type;
    memcpy(types->names[types->n], name, length);
    return (uint8_t)(ENTITY_TYPE_COUNT + types->n++);
}

const char *entity_types_name(const struct entity_types *types, uint8_t type)
{
    if (type < ENTITY_TYPE_COUNT)
        return entity_type_name(type);
    return type < ENTITY_TYPE_COUNT + types->n ? types->names[type - ENTITY_TYPE_COUNT] : NULL;
}
