/* main.c: textd-nats, documents of a NATS JetStream stream through textd. */
#include "clients/nats/bridge.h"
#include "clients/nats/options.h"
#include "clients/nats/setup.h"

#include "common/log.h"

int main(int argc, char **argv)
{
    static struct options options;
    enum td_log_level level = TD_LOG_INFO;
    enum td_log_format format = TD_LOG_LOGFMT;
    int rc = options_read(&options, argc, argv);

    if (rc != 0)
        return rc < 0 ? 0 : rc;
    td_log_level_find(options.log_level, &level);
    td_log_format_find(options.log_format, &format);
    td_log_configure(level, format);
    return options.is_setup ? setup_run(&options) : bridge_run(&options);
}
