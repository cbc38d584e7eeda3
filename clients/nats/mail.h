/* mail.h: messages on their way from libnats' threads to the bridge's loop, which alone touches documents. libnats calls
 * back in threads of its own; all that happens there is that the message is put here and the loop is woken.
 * Thread-safe. */
#ifndef NATS_MAIL_H
#define NATS_MAIL_H

#include <nats/nats.h>

enum mail_kind {
    MAIL_PULLED,  /* of the pull requests' inbox: a document, or what became of a request */
    MAIL_STORED,  /* a publish was acknowledged, or refused */
    MAIL_ACKED,   /* an acknowledgement was taken */
    MAIL_REQUEST, /* somebody asks for an annotation */
    MAIL_ASKED,   /* $SRV.…: who is there? */
};

struct mail {
    struct mail *next;
    natsMsg *msg; /* the reader's to destroy */
    enum mail_kind kind;
};

struct mailbox;

/* NULL: no memory or no descriptor. */
struct mailbox *mailbox_open(void);
void mailbox_close(struct mailbox *box);

/* Destroys what is in it. Before libnats is closed: its messages are freed by a thread of its own, which then is gone. */
void mailbox_empty(struct mailbox *box);

/* Readable as long as there is mail, or mailbox_wake was called since. */
int mailbox_fd(const struct mailbox *box);
void mailbox_wake(struct mailbox *box);

/* Takes the message over. */
void mailbox_post(struct mailbox *box, enum mail_kind kind, natsMsg *msg);

/* All that came, oldest first; NULL: nothing. Each is free()d by the reader. */
struct mail *mailbox_take(struct mailbox *box);

#endif
