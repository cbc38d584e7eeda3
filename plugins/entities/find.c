/* find.c: see find.h. */
#include "plugins/entities/find.h"

#include "plugins/entities/companies.h"
#include "plugins/entities/dictionary/dictionary.h"
#include "plugins/entities/expressions/expressions.h"
#include "plugins/entities/names/names.h"
#include "plugins/entities/resolve.h"
#include "plugins/lib/language.h"

/* What looks the same in every language. */
static int is_of_any_language(uint8_t type)
{
    return type == ENTITY_EMAIL || type == ENTITY_URL || type == ENTITY_PHONE || type == ENTITY_IP ||
           type == ENTITY_IBAN || type == ENTITY_HANDLE || type == ENTITY_HASHTAG;
}

/* Leaves out what was found where the text isn't English, but for addresses and the like. */
static void leave_foreign(const struct language_view *language, struct entity_list *list)
{
    uint32_t kept = 0, part = 0;

    if (language->n_foreign == 0)
        return;
    for (uint32_t i = 0; i < list->n; i++)
        if (!language_is_foreign(language, &part, list->entities[i].span.start) ||
            is_of_any_language(list->entities[i].type))
            list->entities[kept++] = list->entities[i];
    list->n = kept;
}

int32_t entities_find(const struct entity_finders *finders, const struct expression_settings *settings,
                      const struct entity_input *input, const struct entity_means *means,
                      const struct language_view *language, double min_score, struct entity_list *found)
{
    struct entity_list lists[FOUND_COUNT] = { 0 }, *names = &lists[FOUND_NAMES], *some = &lists[FOUND_EXPRESSIONS],
                       *listed = &lists[FOUND_DICTIONARY];
    int32_t rc = TEXTD_OK;

    if (!language->is_all &&
        ((rc = names_find(finders->names, input, means, &names->entities, &names->n)) != TEXTD_OK ||
         (rc = companies_join(input, means, min_score, names)) != TEXTD_OK))
        return rc;
    rc = expressions_find(finders->vocabulary, settings, input, means, &some->entities, &some->n);
    if (rc != TEXTD_OK)
        return rc;
    leave_foreign(language, names);
    leave_foreign(language, some);
    if (finders->dictionary) /* the operator's names are names in every language */
        rc = dictionary_find(finders->dictionary, input, means, &listed->entities, &listed->n);
    if (rc != TEXTD_OK)
        return rc;
    return entities_resolve(input, means, lists, min_score, found);
}
