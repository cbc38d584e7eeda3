/* textcat.c: what libexttextcat says of each line of the standard input: textcat FOLDER, where its fpdb.conf is. */
#include <libexttextcat/textcat.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    static char line[1 << 20], conf[4096], folder[4096];

    snprintf(conf, sizeof conf, "%s/fpdb.conf", argc > 1 ? argv[1] : "/usr/share/libexttextcat");
    snprintf(folder, sizeof folder, "%s/", argc > 1 ? argv[1] : "/usr/share/libexttextcat");
    void *handle = special_textcat_Init(conf, folder);
    if (!handle)
        return 1;
    while (fgets(line, sizeof line, stdin)) {
        char *found = textcat_Classify(handle, line, strcspn(line, "\n"));
        printf("%.*s\n", found[0] == '[' ? (int)strcspn(found + 1, "-]") : 3, found[0] == '[' ? found + 1 : "und");
    }
    return 0;
}
