/* lines.h: what the lines of a paragraph are: prose, whose lines end where the paper did, or records, a line each: messages of chats, logs,
 * heads of mail, rows of tables, items of lists, code. One line may look like either; the lines around it tell. */
#ifndef SEGMENTER_LINES_H
#define SEGMENTER_LINES_H

#include "plugins/segmenter/paragraph.h"

/* What a line looks like by itself. */
enum line_kind {
    LINE_PROSE,
    LINE_ITEM,     /* "- one", "1. one", "• one": surely an item */
    LINE_PLUS,     /* "+ one", "o one" */
    LINE_LETTERED, /* "a. one", "ii) one" */
    LINE_CODED,    /* "Q1. one" */
    LINE_BRACED,   /* "(a) one", "(2) one" */
    LINE_STAMP,    /* "[10:02] …", "2024-05-12 10:02:03 …", "<anna> …", "WARN …" */
    LINE_SPEAKER,  /* "anna: …", "Subject: …" */
    LINE_HEADING,  /* "## …" */
    LINE_ROW,      /* of a table */
    LINE_CODE,
    LINE_AMOUNT, /* "2 eggs": short, and begins with a number */
    N_LINE_KINDS,
};

/* Reads all lines of the paragraph, and notes in it which kinds are records there; then its first line. */
void lines_read(struct paragraph *paragraph);

/* The same of a paragraph that is one line. */
static inline void lines_read_one(struct paragraph *p)
{
    const struct textd_span *token = &p->tokens[p->first];
    uint8_t class = char_byte_class[(unsigned char)p->text[token->start]];
    char last = p->text[token->end - 1], next = p->end > p->first + 1 ? p->text[token[1].start] : 0;
    int is_marked = next == '.' || next == ')';

    p->records = 0;
    memset(&p->line, 0, sizeof p->line);
    /* most begin with a word that is no "a." or "ii)" */
    if ((class & CHAR_KIND_MASK) != CHAR_LETTER || (token->end - token->start <= 5 && (last == '.' || is_marked)))
        lines_read(p);
    else
        p->line.prefix = p->first;
}

/* Whether what ends before token `i`, which starts a line, ends with its line for sure. Goes on to the line that starts there. */
int lines_next(struct paragraph *paragraph, uint32_t i);

/* Whether token `i` begins another item on a line that begins with one: "a. open it b. close it". */
int lines_is_next_item(struct paragraph *paragraph, uint32_t i);

#endif
