/* hold.c: see hold.h. What is delivered is known from libzmq itself: a reply goes as a message with a function that it calls,
 * in its own thread, when it needs the bytes no more, which is when the kernel has them. There the place in the table is
 * cleared; the rest is done when the loop collects. */
#include "daemon/pipe/hold.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/mp.h"
#include "common/utf8.h"
#include "common/zcall.h"
#include "daemon/net/request.h"

/* What libzmq's threads touch. */
static struct {
    pthread_mutex_t lock;
    struct td_piece *back; /* of which libzmq has let go */
    struct td_flight *table;
    struct td_piece *pieces;
    int wake_fd;
    _Atomic uint32_t n_out; /* replies that no sink has yet, in our hands and in libzmq's */
} shared = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* ---- how long the sink has taken nothing --------------------------------------------------------------------------- */

static void note_reply(void)
{
    if (atomic_fetch_add(&shared.n_out, 1) == 0)
        atomic_store(&shared.table->stalled_since_ns, td_now_ns());
}

static void note_progress(void)
{
    int is_last = atomic_fetch_sub(&shared.n_out, 1) == 1;

    atomic_store(&shared.table->stalled_since_ns, is_last ? 0 : td_now_ns());
    if (is_last && atomic_load(&shared.n_out) > 0) /* one came in between */
        atomic_store(&shared.table->stalled_since_ns, td_now_ns());
}

static void clear_place(const struct td_piece *piece)
{
    struct td_flight *table = shared.table;

    atomic_fetch_add(&table->delivered, 1);
    if (piece->is_failed)
        atomic_fetch_add(&table->failed, 1);
    atomic_store(&table->places[piece - shared.pieces].is_taken, 0);
    note_progress();
}

/* ---- pieces -------------------------------------------------------------------------------------------------------- */

int td_hold_init(struct td_hold *h, struct td_flight *table, int wake_fd)
{
    *h = (struct td_hold) { .table = table, .pieces = calloc(TD_FLIGHT_PLACES, sizeof *h->pieces) };
    if (!h->pieces)
        return -1;
    h->answered_end = &h->answered;
    for (uint32_t i = TD_FLIGHT_PLACES; i-- > 0;) {
        h->pieces[i].next = h->free;
        h->free = &h->pieces[i];
    }
    shared.table = table;
    shared.pieces = h->pieces;
    shared.wake_fd = wake_fd;
    return 0;
}

uint32_t td_hold_place(const struct td_hold *h, const struct td_piece *piece)
{
    return (uint32_t)(piece - h->pieces);
}

struct td_piece *td_hold_take(struct td_hold *h, unsigned source)
{
    struct td_piece *piece = h->free;

    if (!piece)
        return NULL;
    assert(piece->state == TD_PIECE_FREE);
    h->free = piece->next;
    h->n++;
    *piece = (struct td_piece) { .state = TD_PIECE_ASKED, .source = source, .sequence = piece->sequence + 1 };
    return piece;
}

static void free_piece(struct td_hold *h, struct td_piece *piece)
{
    for (unsigned i = 0; i < piece->n_frames; i++)
        zmq_msg_close(&piece->frames[i]);
    if (piece->has_reply)
        zmq_msg_close(&piece->reply);
    piece->n_frames = 0;
    piece->has_reply = 0;
    piece->state = TD_PIECE_FREE;
    h->bytes -= piece->bytes;
    h->n--;
    piece->next = h->free;
    h->free = piece;
}

void td_hold_put_back(struct td_hold *h, struct td_piece *piece)
{
    assert(piece->state == TD_PIECE_ASKED && piece->bytes == 0);
    free_piece(h, piece);
}

/* Its id as a person reads it; a message that is none of the protocol's has none. */
static void write_id(struct td_flight_place *place, zmq_msg_t *body)
{
    const uint8_t *bytes = zmq_msg_data(body);
    struct td_mp at = { bytes, bytes + zmq_msg_size(body) }, found, after;
    struct td_request request = { 0 };
    char text[TD_ID_TEXT_BYTES];

    place->id_length = 0;
    if (td_mp_find(at, "id", &found) != 0)
        return;
    after = found;
    if (td_mp_skip(&after) != 0)
        return;
    request.id = (struct td_slice) { (const char *)found.at, (uint32_t)(after.at - found.at) };
    td_request_id_text(&request, text);
    size_t length = strlen(text);
    if (length > TD_FLIGHT_ID_BYTES)
        length = td_utf8_cut(text, TD_FLIGHT_ID_BYTES);
    memcpy(place->id, text, length);
    place->id_length = (uint8_t)length;
}

void td_hold_enter(struct td_hold *h, struct td_piece *piece)
{
    struct td_flight_place *place = &h->table->places[td_hold_place(h, piece)];

    write_id(place, &piece->frames[0]);
    for (unsigned i = 0; i < piece->n_frames; i++)
        piece->bytes += zmq_msg_size(&piece->frames[i]);
    h->bytes += piece->bytes;
    atomic_store_explicit(&place->is_taken, 1, memory_order_release);
    atomic_fetch_add(&h->table->taken, 1);
}

struct td_piece *td_hold_find(struct td_hold *h, uint32_t place, uint32_t sequence)
{
    struct td_piece *piece = place < TD_FLIGHT_PLACES ? &h->pieces[place] : NULL;

    return piece && piece->state == TD_PIECE_ASKED && piece->sequence == sequence ? piece : NULL;
}

void td_hold_wait(struct td_hold *h, struct td_piece *piece, uint64_t due_ns)
{
    assert(piece->state == TD_PIECE_ASKED);
    piece->state = TD_PIECE_WAITING;
    piece->due_ns = due_ns;
    h->n_waiting++;
    atomic_fetch_add(&h->table->waited_out, 1);
}

void td_hold_ask_again(struct td_hold *h, struct td_piece *piece)
{
    assert(piece->state == TD_PIECE_WAITING);
    piece->state = TD_PIECE_ASKED;
    h->n_waiting--;
}

/* ---- replies ------------------------------------------------------------------------------------------------------- */

void td_hold_answer(struct td_hold *h, struct td_piece *piece, zmq_msg_t *reply, int is_failed)
{
    assert(piece->state == TD_PIECE_ASKED && !piece->has_reply);
    for (unsigned i = 0; i < piece->n_frames; i++) { /* it won't be asked again */
        h->bytes -= zmq_msg_size(&piece->frames[i]);
        zmq_msg_close(&piece->frames[i]);
    }
    piece->n_frames = 0;
    zmq_msg_init(&piece->reply);
    zmq_msg_move(&piece->reply, reply);
    piece->has_reply = 1;
    piece->is_failed = is_failed;
    piece->bytes = zmq_msg_size(&piece->reply);
    h->bytes += piece->bytes;
    piece->state = TD_PIECE_ANSWERED;
    piece->next = NULL;
    *h->answered_end = piece;
    h->answered_end = &piece->next;
    h->n_answered++;
    note_reply();
}

static struct td_piece *unlist_answered(struct td_hold *h)
{
    struct td_piece *piece = h->answered;

    h->answered = piece->next;
    if (!h->answered)
        h->answered_end = &h->answered;
    h->n_answered--;
    return piece;
}

/* In libzmq's thread; in ours when it refuses the message. The piece and its reply's bytes are nobody else's now. */
static void on_let_go(void *bytes, void *hint)
{
    struct td_piece *piece = hint;
    uint64_t one = 1;

    (void)bytes;
    if (piece->is_refused)
        return;
    clear_place(piece);
    pthread_mutex_lock(&shared.lock);
    piece->next = shared.back;
    shared.back = piece;
    pthread_mutex_unlock(&shared.lock);
    (void)!write(shared.wake_fd, &one, sizeof one);
}

int td_hold_give(struct td_hold *h, void *socket)
{
    struct td_piece *piece = h->answered;
    zmq_msg_t message;

    if (!piece || !(td_zcall_events(socket) & ZMQ_POLLOUT))
        return 0;
    if (zmq_msg_init_data(&message, zmq_msg_data(&piece->reply), zmq_msg_size(&piece->reply), on_let_go, piece) != 0)
        return 0; /* no memory now */
    unlist_answered(h);
    piece->state = TD_PIECE_GIVEN;
    if (td_zcall_msg_send(&message, socket, 0) >= 0)
        return 1;
    piece->is_refused = 1; /* the last sink has just left */
    zmq_msg_close(&message);
    piece->is_refused = 0;
    piece->state = TD_PIECE_ANSWERED;
    piece->next = h->answered;
    h->answered = piece;
    if (!piece->next)
        h->answered_end = &piece->next;
    h->n_answered++;
    return 0;
}

void td_hold_let_go(struct td_hold *h)
{
    struct td_piece *piece = unlist_answered(h);

    clear_place(piece);
    free_piece(h, piece);
}

void td_hold_collect(struct td_hold *h)
{
    pthread_mutex_lock(&shared.lock);
    struct td_piece *piece = shared.back;
    shared.back = NULL;
    pthread_mutex_unlock(&shared.lock);
    while (piece) {
        struct td_piece *next = piece->next;
        assert(piece->state == TD_PIECE_GIVEN);
        free_piece(h, piece);
        piece = next;
    }
}
