/* plot.c: the latencies of `textctl bench` as a picture: SVG 1.1 that needs nothing else, light or dark as the
 * viewer is.
 *
 * To the right goes the share of the documents, so that each further nine takes the same room: the tail is what one
 * looks for. Upwards goes the latency, in decades. The line is a staircase, since a percentile is one document's
 * latency. */
#include "clients/cli/bench/bench.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "clients/cli/lib/duration.h"

#define WIDTH 860
#define HEIGHT 480
#define LEFT 84
#define RIGHT 28
#define TOP 92
#define BOTTOM 60
#define MOST_TICKS 60 /* three a decade, of which 64 bits have 20 */

struct plot {
    FILE *out;
    const struct bench_result *result;
    double most_nines; /* at the right edge */
    double low, high;  /* latencies in ns at the bottom and the top */
};

/* What another has written, the daemon, as text. */
static void write_xml(FILE *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (strchr(" .-+~", text[i]) || (text[i] >= '0' && text[i] <= '9') ||
            ((text[i] | 32) >= 'a' && (text[i] | 32) <= 'z'))
            fputc(text[i], out);
}

static double x_of(const struct plot *p, double nines)
{
    return LEFT + (WIDTH - LEFT - RIGHT) * nines / p->most_nines;
}

static double y_of(const struct plot *p, double ns)
{
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * log10(ns / p->low) / log10(p->high / p->low);
}

/* The nearest of 1, 2, 5, 10, 20, … below `value`, or above it. */
static double round_number(double value, int is_above)
{
    static const double steps[] = { 1, 2, 5, 10 };
    double decade = pow(10, floor(log10(value)));

    for (int i = 0; i < 3; i++)
        if (value < steps[i + 1] * decade)
            return is_above && value > steps[i] * decade ? steps[i + 1] * decade : steps[i] * decade;
    return 10 * decade;
}

static double next_round(double value)
{
    return round_number(value * 1.01, 1);
}

static void begin(const struct plot *p, double per_second)
{
    struct textd_node version = textd_node_find(textd_reply_root(p->result->plan->session->described), "version");
    char load[128], number[32];

    fprintf(p->out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" "
            "aria-label=\"Latency by percentile\">\n",
            WIDTH, HEIGHT, WIDTH, HEIGHT);
    fputs("<style>\n"
          "svg{--ground:#fff;--ink:#1c2430;--soft:#5b6675;--grid:#e3e7ec;--line:#1769aa;--bad:#b3261e;background:var(--"
          "ground)}\n"
          "@media "
          "(prefers-color-scheme:dark){svg{--ground:#14181f;--ink:#e8ecf2;--soft:#9aa5b4;--grid:#2a313c;--line:#6cb6f5;"
          "--bad:#ff8a80}}\n"
          "text{font:13px system-ui,sans-serif;fill:var(--soft)}\n"
          ".head{font-size:17px;font-weight:600;fill:var(--ink)}.value{fill:var(--ink)}.bad{fill:var(--bad)}\n"
          ".grid{stroke:var(--grid)}.line{fill:none;stroke:var(--line);stroke-width:2}.dot{fill:var(--line)}\n"
          "</style>\n",
          p->out);
    fprintf(p->out, "<rect width=\"%d\" height=\"%d\" fill=\"var(--ground)\"/>\n", WIDTH, HEIGHT);
    fprintf(p->out, "<text class=\"head\" x=\"%d\" y=\"30\">Latency by percentile, textd ", LEFT);
    write_xml(p->out, version.text, version.length);
    fprintf(p->out, "</text>\n<text x=\"%d\" y=\"52\">%s; %s documents", LEFT,
            bench_describe_load(p->result, load, sizeof load),
            bench_number(number, sizeof number, p->result->latency.n));
    fprintf(p->out, ", %.1f a second</text>\n", per_second);
    if (!p->result->kept_up)
        fprintf(p->out,
                "<text class=\"bad\" x=\"%d\" y=\"72\">It could not keep up: the longer it runs, the longer "
                "documents wait.</text>\n",
                LEFT);
    else if (p->result->counts.failed)
        fprintf(p->out,
                "<text class=\"bad\" x=\"%d\" y=\"72\">%s documents failed, and are not in the picture.</text>\n", LEFT,
                bench_number(number, sizeof number, p->result->counts.failed));
}

/* "90 %", "99.9 %" for one nine and three. */
static void name_nines(char *text, size_t size, int nines)
{
    if (nines == 0)
        snprintf(text, size, "0 %%");
    else
        snprintf(text, size, "%.*f %%", nines > 2 ? nines - 2 : 0, 100 - 100 * pow(10, -nines));
}

static void draw_axes(const struct plot *p)
{
    double ns = p->low;
    char text[32];

    for (int nines = 0; nines <= p->most_nines; nines++) {
        double x = x_of(p, nines);
        name_nines(text, sizeof text, nines);
        fprintf(p->out,
                "<path class=\"grid\" d=\"M%.1f %dV%d\"/><text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>\n",
                x, TOP, HEIGHT - BOTTOM, x, HEIGHT - BOTTOM + 20, text);
    }
    for (int i = 0; ns <= p->high * 1.001 && i < MOST_TICKS; i++, ns = next_round(ns)) {
        double y = y_of(p, ns);
        duration_text(text, sizeof text, ns / 1e3);
        fprintf(p->out,
                "<path class=\"grid\" d=\"M%d %.1fH%d\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n",
                LEFT, y, WIDTH - RIGHT, LEFT - 8, y + 4, text);
    }
    fprintf(p->out,
            "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">share of the documents that took no longer</text>\n",
            LEFT + (WIDTH - LEFT - RIGHT) / 2, HEIGHT - 14);
    fprintf(p->out,
            "<text transform=\"rotate(-90)\" x=\"%d\" y=\"22\" text-anchor=\"middle\">latency, from when a document "
            "%s</text>\n",
            -(TOP + (HEIGHT - TOP - BOTTOM) / 2), p->result->plan->rate > 0 ? "was due" : "was sent");
}

static double nines_of(const struct plot *p, uint64_t n_below)
{
    double n = (double)p->result->latency.n;

    return n_below >= p->result->latency.n ? p->most_nines : -log10(1 - (double)n_below / n);
}

static void draw_line(const struct plot *p)
{
    uint64_t value = 0, n_below = 0;
    uint32_t bucket = 0;
    double x = x_of(p, 0);

    for (int first = 1; histogram_next(&p->result->latency, &bucket, &value, &n_below); first = 0) {
        double y = y_of(p, (double)value);
        fprintf(p->out, first ? "<path class=\"line\" d=\"M%.1f %.1f" : "V%.1f", first ? x : y, y);
        x = x_of(p, nines_of(p, n_below));
        fprintf(p->out, "H%.1f", x);
    }
    fputs("\"/>\n", p->out);
}

/* The figures that one reads off such a picture are written into it. */
static void draw_marks(const struct plot *p)
{
    static const uint32_t levels[] = { 500000, 900000, 990000, 999000, 999900 };
    const struct histogram *h = &p->result->latency;
    char text[32];

    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        double nines = -log10(1 - levels[i] / 1e6);
        if (i > 0 && nines > p->most_nines - 0.6)
            break; /* the largest is told there */
        double ns = (double)histogram_percentile(h, levels[i]), x = x_of(p, nines), y = y_of(p, ns);
        duration_text(text, sizeof text, ns / 1e3);
        fprintf(p->out, "<circle class=\"dot\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"/>", x, y);
        if (i == 0)
            fprintf(p->out, "<text class=\"value\" x=\"%.1f\" y=\"%.1f\">median %s</text>\n", x + 8, y + 16, text);
        else
            fprintf(p->out, "<text class=\"value\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n", x - 7, y - 8,
                    text);
    }
    duration_text(text, sizeof text, (double)h->max / 1e3);
    fprintf(p->out, "<text class=\"value\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">max %s</text>\n", WIDTH - RIGHT,
            y_of(p, (double)h->max) - 8, text);
}

static void draw(struct plot *p)
{
    const struct bench_result *r = p->result;

    p->most_nines = fmax(1, log10((double)r->latency.n) + 0.3);
    p->low = round_number(fmax(1, (double)r->latency.min), 0);
    p->high = round_number((double)r->latency.max, 1);
    if (p->high <= p->low)
        p->high = next_round(p->low);
    begin(p, r->seconds > 0 ? (double)r->counts.in_time / r->seconds : 0);
    draw_axes(p);
    draw_line(p);
    draw_marks(p);
    fputs("</svg>\n", p->out);
}

int bench_plot(const char *path, const struct bench_result *result)
{
    struct plot p = { .result = result };

    if (result->latency.n == 0) {
        cli_complain("there is nothing to draw in %s: no document was annotated", path);
        return CLI_SOME_FAILED;
    }
    p.out = fopen(path, "wb");
    if (p.out)
        draw(&p);
    if (p.out && !ferror(p.out) && fclose(p.out) == 0)
        return CLI_OK;
    cli_complain("can't write to %s: %s", path, strerror(errno));
    return CLI_SOME_FAILED;
}
