/* mail.c: see mail.h. */
#include "clients/nats/mail.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct mailbox {
    pthread_mutex_t lock;
    struct mail *first, **last;
    int fd;
};

struct mailbox *mailbox_open(void)
{
    struct mailbox *box = calloc(1, sizeof *box);

    if (!box)
        return NULL;
    box->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (box->fd < 0) {
        free(box);
        return NULL;
    }
    pthread_mutex_init(&box->lock, NULL);
    box->last = &box->first;
    return box;
}

void mailbox_empty(struct mailbox *box)
{
    for (struct mail *mail = mailbox_take(box), *next; mail; mail = next) {
        next = mail->next;
        natsMsg_Destroy(mail->msg);
        free(mail);
    }
}

void mailbox_close(struct mailbox *box)
{
    mailbox_empty(box);
    close(box->fd);
    pthread_mutex_destroy(&box->lock);
    free(box);
}

int mailbox_fd(const struct mailbox *box)
{
    return box->fd;
}

void mailbox_wake(struct mailbox *box)
{
    (void)!eventfd_write(box->fd, 1);
}

void mailbox_post(struct mailbox *box, enum mail_kind kind, natsMsg *msg)
{
    struct mail *mail = malloc(sizeof *mail);

    if (!mail) { /* a document is delivered again, a result sent again */
        natsMsg_Destroy(msg);
        return;
    }
    *mail = (struct mail) { .msg = msg, .kind = kind };
    pthread_mutex_lock(&box->lock);
    int was_empty = !box->first;
    *box->last = mail;
    box->last = &mail->next;
    pthread_mutex_unlock(&box->lock);
    if (was_empty) /* else the loop was woken by the one before, and hasn't taken it yet */
        mailbox_wake(box);
}

struct mail *mailbox_take(struct mailbox *box)
{
    eventfd_t count;

    /* First the descriptor, then the mail: what is posted in between wakes the loop once too often, never too seldom. */
    (void)!eventfd_read(box->fd, &count);
    pthread_mutex_lock(&box->lock);
    struct mail *first = box->first;
    box->first = NULL;
    box->last = &box->first;
    pthread_mutex_unlock(&box->lock);
    return first;
}
