/* hosts.c: see hosts.h. */
#include "plugins/entities/expressions/hosts.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "plugins/lib/character.h"

#define LABEL_BYTES 63u
#define IP_BYTES 45u   /* INET6_ADDRSTRLEN less its NUL */
#define ZONE_BYTES 15u /* IFNAMSIZ less its NUL */

/* ---- Names -------------------------------------------------------------------------------------------------------- */

/* Characters that show nothing, and are of a mark's kind. */
static bool is_invisible(uint32_t point)
{
    return (point >= 0x200B && point <= 0x200F) || (point >= 0x2060 && point <= 0x2069) || point == 0xFEFF ||
           point == 0xFE0F;
}

uint32_t host_label_bytes(const char *text, uint32_t at, uint32_t end)
{
    char c = at < end ? text[at] : '\0';
    uint32_t size, point;

    if (char_is_lower(c) || char_is_upper(c) || char_is_digit(c) || c == '-' || c == '_')
        return 1;
    if (!((unsigned char)c & 0x80))
        return 0;
    point = char_decode(text, at, &size);
    switch (char_class(point) & CHAR_KIND_MASK) {
    case CHAR_LETTER:
    case CHAR_IDEOGRAPH:
    case CHAR_KATAKANA:
    case CHAR_COMPLEX:
        return size;
    case CHAR_EXTEND:
        return is_invisible(point) ? 0 : size;
    default:
        return 0;
    }
}

/* "com查看": an ending in Latin letters, and words that need no blank before them. */
static uint32_t cut_script(const char *text, uint32_t last, uint32_t end)
{
    uint32_t at = last;

    while (at < end && !((unsigned char)text[at] & 0x80))
        at++;
    return at > last && at < end && host_ending(text + last, at - last) != ENDING_UNKNOWN ? at : end;
}

/* "org.The": a sentence that begins without a blank behind the period. */
static void cut_sentence(const char *text, struct host *h)
{
    uint32_t before = h->last - 1;

    if (h->labels < 3 || !char_is_upper(text[h->last]) || (h->last + 1 < h->end && !char_is_lower(text[h->last + 1])))
        return;
    while (before > h->start && text[before - 1] != '.')
        before--;
    if (char_is_upper(text[before]) || host_ending(text + before, h->last - 1 - before) == ENDING_UNKNOWN)
        return;
    h->end = h->last - 1;
    h->last = before;
    h->labels--;
}

bool host_read(const char *text, uint32_t at, uint32_t end, struct host *h)
{
    uint32_t size;

    *h = (struct host) { .start = at, .end = at, .last = at };
    for (;;) {
        uint32_t label = at;

        while (at - label <= LABEL_BYTES && (size = host_label_bytes(text, at, end)) > 0)
            at += size;
        if (at == label || text[label] == '-')
            break;
        if (at - label > LABEL_BYTES || at - h->start > HOST_BYTES)
            return false;
        h->labels++;
        h->last = label;
        h->end = at;
        if (at >= end || text[at] != '.')
            break;
        at++;
    }
    if (!h->labels)
        return false;
    h->end = cut_script(text, h->last, h->end);
    while (h->end > h->last && text[h->end - 1] == '-')
        h->end--;
    if (h->end == h->last)
        return false;
    cut_sentence(text, h);
    return true;
}

/* ---- Endings ------------------------------------------------------------------------------------------------------ */

/* Of the public list of top-level domains (IANA, root zone): those of countries, and the common ones of the
 * others. In the order of the alphabet. A sign behind one: it is a word of some language, or a file's ending, too. */
static const char endings[] = " ac ad* ae af ag ai al* am* ao aq ar* arpa as* at au aw ax az ba bb bd be bf bg bh bi "
                              "biz bj bm bn bo* br bs bt bw by* bz "
                              "ca cat* cc* cd* cf* cg ch ci ck cl cm* cn co com coop cr cu* cv cw cx cy cz de dev dj "
                              "dk dm do* dz ec edu ee eg es et* eu "
                              "example fi fj fk fm fo fr ga gb gd ge gf gg gh gi gl gm* gn gov gp gq gr gs* gt gu gw "
                              "gy hk hm* hn hr ht hu id* ie* il im* "
                              "in* info int io iq ir is* it* je jo jobs* jp ke kg* kh ki km* kn kp kr kw ky kz la* lb* "
                              "lc li lk local* lr ls* lt lu lv ly ma* "
                              "mc md* me* mg* mh mil mk* ml* mm* mn mo mobi mp mq mr* ms* mt mu museum* mv mw mx my* "
                              "mz na nc ne net nf ng ni nl no* np nr nu nz "
                              "om onion* online* org pa* pe pf pg* ph pk pl* pm* pn pr pro* ps* pt pw py* qa re* ro "
                              "rs* ru rw sa sb sc sd se sg sh* si sj sk "
                              "sl sm sn so* sr ss st* su sv sx sy sz tc td tel* tf tg th* tj tk tl tm tn to* tr tt tv "
                              "tw tz ua ug uk us* uy uz va vc ve vg vi "
                              "vn vu wf ws xxx xyz ye yt za zm zw "
                              "academy* agency* app* art* blog* cafe* care* center* church* city* cloud* club* "
                              "company* design* digital* education* email* "
                              "energy* events* expert* finance* foundation* fund* games* global* group* guide* health* "
                              "help* host* house* institute* "
                              "international* law* legal* life* link* live* ltd* media* money* name* network* news* "
                              "one* page* park* photos* plus* press* "
                              "rocks* run* school* science* services* shop* site* social* software* solutions* space* "
                              "store* studio* support* systems* team* "
                              "tech* technology* today* tools* top* tours* training* travel* university* video* "
                              "website* wiki* work* works* world* zone* ";

enum host_ending host_ending(const char *label, uint32_t length)
{
    char key[20];
    const char *found;

    if (length < 2 || length > 13)
        return ENDING_UNKNOWN;
    key[0] = ' ';
    for (uint32_t i = 0; i < length; i++) {
        key[1 + i] = char_to_lower(label[i]);
        if (!char_is_lower(key[1 + i]))
            return ENDING_UNKNOWN;
    }
    key[length + 1] = '\0';
    for (found = strstr(endings, key); found; found = strstr(found + 1, key))
        if (found[length + 1] == ' ' || found[length + 1] == '*')
            return found[length + 1] == '*' ? ENDING_WORD : ENDING_SURE;
    return ENDING_UNKNOWN;
}

/* ---- Addresses ---------------------------------------------------------------------------------------------------- */

static bool is_hex(char c)
{
    return char_is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/* "/24" behind an address: the position behind it; `at` when none is there, 0 when it is a wrong one. */
static uint32_t prefix_end(const char *text, uint32_t at, uint32_t end, uint32_t most)
{
    uint32_t value = 0, to = at + 1;

    if (at + 1 >= end || text[at] != '/' || !char_is_digit(text[at + 1]))
        return at;
    while (to < end && char_is_digit(text[to]) && to - at < 5)
        value = value * 10 + (uint32_t)(text[to++] - '0');
    if (to < end && (text[to] == '.' || text[to] == ':') && to + 1 < end && is_hex(text[to + 1]))
        return at; /* a netmask, or another address */
    return value > most || (to < end && (host_label_bytes(text, to, end) > 0)) ? 0 : to;
}

static uint32_t zone_end(const char *text, uint32_t at, uint32_t end)
{
    uint32_t to = at + 1;

    if (at >= end || text[at] != '%')
        return at;
    while (to < end && !((unsigned char)text[to] & 0x80) && (host_label_bytes(text, to, end) || text[to] == '.'))
        to++;
    while (to > at + 1 && text[to - 1] == '.')
        to--;
    return to - at - 1 > ZONE_BYTES || to == at + 1 ? at : to;
}

/* What an address is made of, at `at`, with periods and colons; those at the end are the sentence's. */
static uint32_t address_end(const char *text, uint32_t at, uint32_t end, bool version6)
{
    uint32_t to = at;

    while (to < end && to - at <= IP_BYTES &&
           (char_is_digit(text[to]) || text[to] == '.' || (version6 && (is_hex(text[to]) || text[to] == ':'))))
        to++;
    while (to > at && (text[to - 1] == '.' ||
                       (text[to - 1] == ':' && !(to - at > 2 && text[to - 2] == ':' && text[to - 3] != ':'))))
        to--;
    return to;
}

/* Signs of a program, not of an address: "a::b", "::", "x[::2]", "f(1::2)", "12::30" stand where one could. */
static bool is_version6(const char *text, uint32_t at, uint32_t to)
{
    uint32_t colons = 0, digits = 0, letters = 0, longest = 0;

    for (uint32_t i = at, group = at; i < to; i++) {
        group = text[i] == ':' ? i + 1 : group;
        longest = i + 1 - group > longest ? i + 1 - group : longest;
        colons += text[i] == ':';
        digits += char_is_digit(text[i]);
        letters += is_hex(text[i]) && !char_is_digit(text[i]);
    }
    if (text[at] != ':' && !letters && longest < 3 && colons < 7)
        return false;
    if (colons < 2 || !digits || (text[at] == ':' && text[at + 1] != ':'))
        return false;
    return !(at > 1 && (text[at - 1] == '[' || text[at - 1] == '(') &&
             (host_label_bytes(text, at - 2, at) > 0 || text[at - 2] == ']'));
}

/* "10.0.0.1-10.0.0.9": another address behind a hyphen at `at`. */
static bool is_range(const char *text, uint32_t at, uint32_t end)
{
    uint32_t to = address_end(text, at + 1, end, false);
    char copy[IP_BYTES + 1];
    unsigned char bytes[16];

    if (text[at] != '-' || to == at + 1 || to - at - 1 > IP_BYTES)
        return false;
    memcpy(copy, text + at + 1, to - at - 1);
    copy[to - at - 1] = '\0';
    return inet_pton(AF_INET, copy, bytes) == 1;
}

uint32_t ip_read(const char *text, uint32_t at, uint32_t end, char value[IP_VALUE_BYTES])
{
    bool version6 = false;
    char copy[IP_BYTES + 1];
    unsigned char bytes[16];
    uint32_t to = address_end(text, at, end, false), behind, zone;

    if (to == at || (to < end && (text[to] == ':' || is_hex(text[to])))) {
        uint32_t longer = address_end(text, at, end, true);
        version6 = is_version6(text, at, longer);
        to = version6 ? longer : to;
    }
    if (to - at < (version6 ? 3 : 7) || to - at > IP_BYTES ||
        (to < end && host_label_bytes(text, to, end) && !is_range(text, to, end)))
        return 0;
    if (to + 1 < end && text[to] == '.' && host_label_bytes(text, to + 1, end))
        return 0; /* "1.2.3.4.5", "1.2.3.4.in-addr.arpa" */
    memcpy(copy, text + at, to - at);
    copy[to - at] = '\0';
    if (inet_pton(version6 ? AF_INET6 : AF_INET, copy, bytes) != 1 ||
        !inet_ntop(version6 ? AF_INET6 : AF_INET, bytes, value, IP_BYTES + 1))
        return 0;
    zone = version6 ? zone_end(text, to, end) : to;
    behind = prefix_end(text, zone, end, version6 ? 128 : 32);
    if (!behind)
        return 0;
    strncat(value, text + to, behind - to);
    return behind;
}
