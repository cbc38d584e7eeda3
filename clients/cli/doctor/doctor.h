/* doctor.h: `textctl doctor`, in parts: what is found is told line by line (tell.c); what lies on this machine's
 * disk (files.c), who answers at the endpoint (answer.c), what the daemon tells of itself
 * (inside.c). */
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

#include <limits.h>
#include <stdint.h>

#include <textd/client.h>

#include "clients/cli/cli.h"
#include "clients/cli/lib/term.h"

enum doctor_state { DOCTOR_OK, DOCTOR_WARN, DOCTOR_FAIL };

#define DOCTOR_ENDPOINT 300

struct doctor {
    const struct cli *cli;
    struct term term;
    uint32_t timeout_ms; /* of each question */
    char endpoint[DOCTOR_ENDPOINT], control[DOCTOR_ENDPOINT], events[DOCTOR_ENDPOINT];
    char folder[PATH_MAX];           /* the run directory, or that of the endpoint's socket; "" */
    int is_ours;                     /* the folder can be trusted, and looked into */
    int is_textds;                   /* who listens at the endpoint's socket holds textd's lock */
    int is_listening, is_controlled; /* somebody listens at the endpoint's, and at the control socket */
    struct textd_node answer;        /* to ping, at the endpoint */
    struct textd_reply *ping, *described, *status;
    size_t n, n_warnings, n_failures;
};

/* Tells one finding. `advice`: what to do about it, or NULL; what stands behind is its text. */
void doctor_tell(struct doctor *doctor, enum doctor_state state, const char *check, const char *advice,
                 const char *format, ...) __attribute__((format(printf, 5, 6)));

/* The folder, the sockets and their locks, and what was left behind; sets is_listening and is_controlled. */
void doctor_look_at_files(struct doctor *doctor);

/* Who answers: version, state, round trip. Zero when nobody does. */
int doctor_ask(struct doctor *doctor);

/* Pings the endpoint so many times. How many of them were answered. */
int doctor_ping(struct doctor *doctor, int n);

/* Whether the daemon whose `status` there is answers at another of its endpoints, too. */
void doctor_ask_endpoint(struct doctor *doctor, const char *endpoint);

/* What the control socket tells: workers, plugins, reloads, restarts, descriptors. */
void doctor_look_inside(struct doctor *doctor);

/* SHA-256 of the file in hexadecimal, as sha256sum has it. -1 when it can't be read. */
#define DOCTOR_HASH_BYTES 65
int doctor_hash_file(const char *path, char hash[DOCTOR_HASH_BYTES]);

/* What is longer is cut. */
#define DOCTOR_TEXT 600

#endif
