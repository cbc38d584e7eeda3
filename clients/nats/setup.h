/* setup.h: `textd-nats setup`: makes the streams and the consumer, reads them back, and says what differs. */
#ifndef NATS_SETUP_H
#define NATS_SETUP_H

#include "clients/nats/options.h"

/* An exit code: 0 all is as it should be; 1 something differs, or couldn't be made; 69 NATS doesn't answer. */
int setup_run(const struct options *options);

#endif
