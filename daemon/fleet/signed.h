/* signed.h: security.plugin_keys: whose plugins are loaded. What is held against the signature are the sealed bytes of a
 * snapshot, which are what workers open: between the look and the load nothing can change.
 *
 * The plugins that come with textd are signed by nobody here. They are let in when only root can have written them: who
 * can is beyond all keys. What was added to one, in another plugin directory, has a manifest of its own there. */
#ifndef TD_SIGNED_H
#define TD_SIGNED_H

#include "common/signature.h"
#include "daemon/config/config.h"
#include "daemon/fleet/snapshot.h"

#define TD_SIGNED_MOST_KEYS 64

struct td_signed_keys {
    struct td_signature_key all[TD_SIGNED_MOST_KEYS];
    uint32_t n; /* 0: nothing needs a signature */
};

/* Reads the configuration's key files. TD_E_CONFIG: one can't be read, or others may change it; TD_E_SYSTEM. */
int td_signed_keys_read(struct td_signed_keys *keys, const struct td_config *config, struct td_err *err);

/* Whether this snapshot of library `file` may be loaded. TD_E_CONFIG, with what is wrong and what to do; TD_E_SYSTEM:
 * no memory. */
int td_signed_check(const struct td_signed_keys *keys, const struct td_snapshot *snapshot, const char *file,
                    struct td_err *err);

/* Who has signed it, as minisign shows it; "" when it needs no signature. Of one that was checked. */
const char *td_signed_by(const struct td_config *config, const struct td_snapshot *snapshot,
                         char id[TD_SIGNATURE_ID_CHARS + 1]);

#endif
