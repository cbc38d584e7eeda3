/* result.h: what was found, as the layer entities/1 for other plugins and as the result for the client. */
#ifndef ENTITIES_RESULT_H
#define ENTITIES_RESULT_H

#include <textd/plugin.h>

#include "plugins/entities/entity.h"
#include "plugins/entities/who/who.h"

/* Adds the layer. TEXTD_OK, TEXTD_NO_MEMORY, or what the host says. */
int32_t result_add_layer(const struct textd_host *host, struct textd_doc *doc, const struct entity_types *types,
                         const struct entity_list *list);

/* Writes the result; docs/protocol.md has its two forms. */
void result_write_list(const struct textd_host *host, struct textd_doc *doc, const struct entity_types *types,
                       const struct entity_list *list, const struct who_names *names);
void result_write_columns(const struct textd_host *host, struct textd_doc *doc, const struct entity_types *types,
                          const struct entity_list *list, const struct who_names *names);

#endif
