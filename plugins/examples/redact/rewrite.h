/* rewrite.h: what is put in place of what was found. SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_REWRITE_H
#define REDACT_REWRITE_H

#include "redact.h"

#define REDACT_ACTIONS(X) \
    X(MASK, "mask") X(REMOVE, "remove") X(TAG, "tag") X(PSEUDONYM, "pseudonym") X(HASH, "hash") X(KEEP, "keep")

enum action {
#define X(name, text) ACTION_##name,
    REDACT_ACTIONS(X)
#undef X
        ACTION_COUNT
};

#define POLICY_ENTRIES 128u

/* What is done with each type. The names point into the option's text. */
struct policy {
    uint8_t others; /* enum action: for types that are neither named nor kept by themselves */
    uint32_t n;
    struct {
        struct textd_text type;
        uint8_t action;
    } entries[POLICY_ENTRIES];
};

#define KEY_BYTES 32u

/* "EMAIL=mask, PERSON=pseudonym". 0, or -1 and the reason, which shows no more of the text than a type's name. */
int policy_read(struct policy *policy, const struct textd_value *others, const struct textd_value *policies,
                char *reason, size_t size);

int policy_asks_for(const struct policy *policy, enum action action);

/* Leaves out of what was found what the policy keeps and what the list of allowed words has. */
void finds_select(struct work *work, const struct policy *policy, const struct textd_value *allow);

/* Joins what overlaps and writes the result. `key`: of KEY_BYTES, for the action hash; NULL: there is none. */
void rewrite(struct work *work, const struct policy *policy, const uint8_t *key);

#endif
