/* curve_key_test.c: files of keys: what is read, and what is refused with which words. */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/curve_key.h"

/* The pair of ZeroMQ's RFC 26, which its API's pages use as well. */
#define PUBLIC "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"
#define SECRET "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"
#define OTHER "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
#define ZEROS "0000000000000000000000000000000000000000"

static char path[] = "/tmp/textd-curve-key-XXXXXX";

static void put(const char *text, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_TRUNC);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

static const char certificate[] = "#   a comment, with secret-key = \"" OTHER "\"\n\nmetadata\n    name = \"alice\"\n"
                                  "    secret-key = \"" OTHER "\"\ncurve\n    public-key = \"" PUBLIC "\"\n"
                                  "    secret-key = \"" SECRET "\"\n";

static void a_secret_is_read_in_each_of_its_forms(void **state)
{
    const char *const texts[] = { certificate,
                                  SECRET,
                                  SECRET "\n",
                                  "  " SECRET "\r\n",
                                  "curve\n\tsecret-key = '" SECRET "'",
                                  "curve\r\n    public-key = " ZEROS "\r\n    secret-key = " SECRET "\r\n" };
    struct td_curve_pair pair;
    struct td_err err;

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        put(texts[i], 0600);
        if (td_curve_key_read_secret(&pair, path, "curve.key_file", &err) != TD_OK)
            fail_msg("%zu: %s", i, err.text);
        assert_string_equal(pair.secret_key, SECRET);
        assert_string_equal(pair.public_key, PUBLIC);
    }
    put(SECRET, 0440); /* as a secret is mounted into a container, for its group */
    assert_int_equal(td_curve_key_read_secret(&pair, path, "curve.key_file", &err), TD_OK);
}

static const struct {
    const char *text;
    mode_t mode;
    const char *words;
} wrong_secrets[] = {
    { certificate, 0644, "has mode 0644: others can read or change the secret; chmod 600 it" },
    { certificate, 0604, "textctl keygen" },
    { certificate, 0620, "has mode 0620" },
    { "curve\n    public-key = \"" PUBLIC "\"\n", 0644, "a public key alone" },
    { "curve\n    public-key = \"" PUBLIC "\"\n    secret-key = \"" ZEROS "\"\n", 0600,
      "a secret of forty zeros is none" },
    { "curve\n    public-key = \"" OTHER "\"\n    secret-key = \"" SECRET "\"\n", 0600, "isn't the secret's" },
    { "metadata\n    secret-key = \"" SECRET "\"\n", 0600, "holds no secret key" },
    { ZEROS, 0600, "holds no secret key" },
    { "", 0600, "holds no secret key" },
    { "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%c", 0600, "a key is 40 characters" },
    { SECRET "x", 0600, "a key is 40 characters" },
    { "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%c~", 0600, "a key is 40 characters" },
    { "#####################################:)Q", 0600, "a key is 40 characters" }, /* of Z85, but no numbers */
    { SECRET " " SECRET, 0600, "holds no secret key" },
};

static void a_secret_that_is_none_or_not_secret_is_refused(void **state)
{
    struct td_curve_pair pair;
    struct td_err err;
    char *large = malloc(20000);

    (void)state;
    for (size_t i = 0; i < COUNT(wrong_secrets); i++) {
        put(wrong_secrets[i].text, wrong_secrets[i].mode);
        assert_int_equal(td_curve_key_read_secret(&pair, path, "curve.key_file", &err), TD_E_CONFIG);
        if (!strstr(err.text, wrong_secrets[i].words) || !strstr(err.text, path) || strstr(err.text, "hhC2"))
            fail_msg("%zu: '%s' should say '%s' and the path, and nothing of the key", i, err.text,
                     wrong_secrets[i].words);
        assert_string_equal(pair.secret_key, "");
    }
    assert_non_null(large);
    memset(large, '#', 19999);
    large[19999] = 0;
    put(large, 0600);
    free(large);
    assert_int_equal(td_curve_key_read_secret(&pair, path, "curve.key_file", &err), TD_E_CONFIG);
    assert_non_null(strstr(err.text, "more than"));
    assert_int_equal(td_curve_key_read_secret(&pair, "/tmp", "curve.key_file", &err), TD_E_CONFIG);
    assert_non_null(strstr(err.text, "is no regular file"));
    assert_int_equal(td_curve_key_read_secret(&pair, "/nowhere/key", "curve.key_file", &err), TD_E_CONFIG);
    assert_non_null(strstr(err.text, "curve.key_file /nowhere/key can't be opened: No such file"));
}

static void a_public_key_is_a_file_or_stands_there_itself(void **state)
{
    char key[TD_CURVE_KEY_CHARS + 1];
    struct td_err err;

    (void)state;
    put("curve\n    public-key = \"" PUBLIC "\"\n", 0644);
    assert_int_equal(td_curve_key_take_public(key, path, "--server-key", &err), TD_OK);
    assert_string_equal(key, PUBLIC);
    put(OTHER "\n", 0644);
    assert_int_equal(td_curve_key_take_public(key, path, "--server-key", &err), TD_OK);
    assert_string_equal(key, OTHER);
    assert_int_equal(td_curve_key_take_public(key, PUBLIC, "--server-key", &err), TD_OK);
    assert_string_equal(key, PUBLIC);
    assert_int_equal(td_curve_key_take_public(key, ZEROS, "--server-key", &err), TD_E_CONFIG);
    put(certificate, 0600);
    assert_int_equal(td_curve_key_take_public(key, path, "--server-key", &err), TD_E_CONFIG);
    assert_non_null(strstr(err.text, "holds a secret key, which belongs to its owner alone"));
    put(PUBLIC, 0646);
    assert_int_equal(td_curve_key_read_public(key, path, "curve.clients:", &err), TD_E_CONFIG);
    assert_non_null(strstr(err.text, "everybody can change the key; chmod o-w it"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_secret_is_read_in_each_of_its_forms),
        cmocka_unit_test(a_secret_that_is_none_or_not_secret_is_refused),
        cmocka_unit_test(a_public_key_is_a_file_or_stands_there_itself),
    };
    int fd = mkstemp(path);

    if (fd < 0)
        return 1;
    close(fd);
    int rc = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    return rc;
}
