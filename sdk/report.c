/* report.c: what a check has found, for people and for programs. */
#include <stdio.h>
#include <string.h>

#include "sdk/check.h"
#include "sdk/json.h"

static const char *document_name(const struct sdk_check *check, uint32_t document)
{
    return check->corpus.documents[document].name;
}

/* A line for a shell that shows it again; "" when there is none shorter than the check. */
static void reproduction(const struct sdk_check *check, uint32_t id, char *line, size_t size)
{
    const struct sdk_finding *f = &sdk_board->findings[id];

    line[0] = 0;
    if (f->n_documents == 0)
        return;
    /* What only shows in a comparison, or beside guard pages, a single run doesn't show. */
    int is_of_process = id == SDK_CRASH || id == SDK_HANG || id == SDK_EXIT || id == SDK_RESULT || id == SDK_SPANS ||
                        id == SDK_UNEXPLAINED || id == SDK_RETURN_CODE || id == SDK_LAYER_MISSING || id == SDK_OUTPUT;
    size_t n = (size_t)snprintf(line, size, "textctl plugin %s %s --corpus %s", is_of_process ? "run" : "check",
                                check->args->file, document_name(check, f->documents[0]));
    for (uint32_t i = 0; i < check->args->n_settings && n < size; i++)
        n += (size_t)snprintf(line + n, size - n, " --set '%s'", check->args->settings[i]);
    for (uint32_t i = 0; i < check->args->n_dirs && n < size; i++)
        n += (size_t)snprintf(line + n, size - n, " --plugin-dir '%s'", check->args->dirs[i]);
}

static uint32_t count(void)
{
    uint32_t n = 0;

    for (uint32_t id = 0; id < SDK_N_FINDINGS; id++)
        n += (uint32_t)sdk_is_found((enum sdk_finding_id)id);
    return n;
}

static void tell_finding(const struct sdk_check *check, uint32_t id)
{
    const struct sdk_finding *f = &sdk_board->findings[id];
    char again[4096];

    printf("\n%s: %s\n", sdk_finding_name(id), f->words);
    if (f->place[0])
        printf("    where: %s\n", f->place);
    if (f->n_documents > 0) {
        printf("    documents:");
        for (uint32_t i = 0; i < f->n_documents && i < SDK_NAMED_DOCUMENTS; i++)
            printf("%s %s", i ? "," : "", document_name(check, f->documents[i]));
        if (f->n_documents > SDK_NAMED_DOCUMENTS)
            printf(" and %u more", f->n_documents - SDK_NAMED_DOCUMENTS);
        printf("\n");
    }
    printf("    to do: %s\n", sdk_finding_advice(id));
    reproduction(check, id, again, sizeof again);
    if (again[0])
        printf("    again: %s\n", again);
}

static void tell(const struct sdk_check *check)
{
    uint32_t n = count();

    printf("%s %s (%s)\n", check->installed->target.name, sdk_board->version, check->installed->target.path);
    if (sdk_board->n_documents > 0)
        printf("    documents: %u, each several times; a result for %u\n", sdk_board->n_documents,
               sdk_board->n_ended_well);
    if (sdk_board->n_refused > 0)
        printf("    refused: %u, as for instance: %s\n", sdk_board->n_refused, sdk_board->refusal);
    if (sdk_board->us_per_kib > 0)
        printf("    time: %.2f us a KiB of prose\n", sdk_board->us_per_kib);
    if (sdk_board->exponent > 0)
        printf("    growth: with the length to the power of %.2f at most (%s)\n", sdk_board->exponent,
               sdk_board->steepest);
    if (sdk_board->neighbour[0])
        printf("    beside it: %s\n", sdk_board->neighbour);
    if (sdk_board->skipped[0])
        printf("    not looked at: %s\n", sdk_board->skipped);
    for (uint32_t id = 0; id < SDK_N_FINDINGS; id++)
        if (sdk_is_found((enum sdk_finding_id)id))
            tell_finding(check, id);
    if (n > 0)
        printf("\n%u finding%s\n", n, n == 1 ? "" : "s");
    else
        printf("clean\n");
}

static void pair(const char *key, const char *value)
{
    printf("\"%s\": ", key);
    sdk_json_text(value, strlen(value));
}

static void write_finding(const struct sdk_check *check, uint32_t id)
{
    const struct sdk_finding *f = &sdk_board->findings[id];
    char again[4096];

    printf("{");
    pair("id", sdk_finding_name(id));
    printf(", ");
    pair("text", f->words);
    printf(", ");
    pair("where", f->place);
    printf(", \"documents\": [");
    for (uint32_t i = 0; i < f->n_documents && i < SDK_NAMED_DOCUMENTS; i++) {
        const char *name = document_name(check, f->documents[i]);
        printf("%s", i ? ", " : "");
        sdk_json_text(name, strlen(name));
    }
    printf("], \"n_documents\": %u, ", f->n_documents);
    pair("to_do", sdk_finding_advice(id));
    printf(", ");
    reproduction(check, id, again, sizeof again);
    pair("again", again);
    printf("}");
}

static void write(const struct sdk_check *check)
{
    uint32_t n = 0;

    printf("{");
    pair("plugin", check->installed->target.name);
    printf(", ");
    pair("version", sdk_board->version);
    printf(", ");
    pair("file", check->installed->target.path);
    printf(", \"clean\": %s, \"documents\": {\"run\": %u, \"with_result\": %u, \"refused\": %u, ",
           count() ? "false" : "true", sdk_board->n_documents, sdk_board->n_ended_well, sdk_board->n_refused);
    pair("refusal", sdk_board->refusal);
    printf("}, \"us_per_kib\": ");
    sdk_json_number(sdk_board->us_per_kib);
    printf(", \"growth\": {\"exponent\": ");
    sdk_json_number(sdk_board->exponent);
    printf(", ");
    pair("shape", sdk_board->steepest);
    printf("}, ");
    pair("beside", sdk_board->neighbour);
    printf(", ");
    pair("skipped", sdk_board->skipped);
    printf(", \"findings\": [");
    for (uint32_t id = 0; id < SDK_N_FINDINGS; id++)
        if (sdk_is_found((enum sdk_finding_id)id)) {
            printf("%s", n++ ? ", " : "");
            write_finding(check, id);
        }
    printf("]}\n");
}

int sdk_report(const struct sdk_check *check)
{
    if (check->args->json)
        write(check);
    else
        tell(check);
    return count() ? SDK_EXIT_FOUND : SDK_EXIT_OK;
}
