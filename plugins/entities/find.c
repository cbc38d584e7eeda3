/* find.c: see find.h. */
#include "plugins/entities/find.h"

#include "plugins/entities/companies.h"
#include "plugins/entities/dictionary/dictionary.h"
#include "plugins/entities/expressions/expressions.h"
#include "plugins/entities/names/names.h"
#include "plugins/entities/resolve.h"

int32_t entities_find(const struct entity_finders *finders, const struct expression_settings *settings,
                      const struct entity_input *input, const struct entity_means *means, double min_score,
                      struct entity_list *found)
{
    struct entity_list lists[FOUND_COUNT] = { 0 }, *names = &lists[FOUND_NAMES], *some = &lists[FOUND_EXPRESSIONS],
                       *listed = &lists[FOUND_DICTIONARY];
    int32_t rc;

    if ((rc = names_find(finders->names, input, means, &names->entities, &names->n)) != TEXTD_OK ||
        (rc = companies_join(input, means, names)) != TEXTD_OK)
        return rc;
    rc = expressions_find(finders->vocabulary, settings, input, means, &some->entities, &some->n);
    if (rc != TEXTD_OK)
        return rc;
    if (finders->dictionary)
        rc = dictionary_find(finders->dictionary, input, means, &listed->entities, &listed->n);
    if (rc != TEXTD_OK)
        return rc;
    return entities_resolve(input, means, lists, min_score, found);
}
