/* signature_test.c: minisign's files and manifests: what is read, verified and refused, and with which words. The pair
 * and the signatures here are minisign 0.11's. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "common/manifest.h"
#include "common/signature.h"

#define PUBLIC "RWRQdNZDsANrwdgXdJGeNciNbSowlGDSTr13wgfofgw/HEEQa+FmWsYa"
#define PUBLIC_FILE "untrusted comment: minisign public key C16B03B043D67450\n" PUBLIC "\n"
#define SECRET \
    "RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAUHTWQ7ADa8HoDAH4X3xCM1C0druO0asURn2S0ClR" \
    "VS/Jd78q" \
    "VPGWUtgXdJGeNciNbSowlGDSTr13wgfofgw/HEEQa+FmWsYaAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define HASH_A "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
#define HASH_B "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d"
#define MANIFEST HASH_A "  shout.so\n" HASH_B "  shout/words.txt\n"
#define COMMENT "trusted comment: timestamp:1795952370\tfile:shout.manifest\thashed\n"
#define OF_COMMENT "lkpkYrC5FOGmtA5boKbXZl7xmXQ7VHp3coBu+pZbfpp4nwDkTLzkjZsbXZx9CEQqlw91fXtZupIyRHoUyoRZDA==\n"
#define BYTES "RURQdNZDsANrwRa6msXr0bIuL8NlgghjK14il8frWp7vWKdHN6aRyw4uJDZjaexvX08ycx/m1qnSUQzLo2P7EExLeumpJ7O8ZQM=\n"
#define SIGNATURE "untrusted comment: signature from minisign secret key\n" BYTES COMMENT OF_COMMENT
#define OLDER \
    "untrusted comment: signature from minisign secret key\n" \
    "RWRQdNZDsANrwZcu8bHYXoww2AAIHiAXzzo5fRlyLMd7MvLMBwgy3aJoeI3PDSb2eJqPlHp5R/KD96aGMFLyIyzcxlMp7bxC8A0=\n" \
    "trusted comment: timestamp:1795952370\tfile:shout.manifest\n" \
    "keowHMh932MndDNx6BLP9Kxl2e2afH2qIafoLHidFpBOkSRHtNKo1r9MsB3E4MmRxmvIUbaqGWqj82/VYfTwDQ==\n"

static struct td_err err;

static struct td_signature_key key_of(const char *text)
{
    struct td_signature_key key;

    if (td_signature_key_parse(&key, text, strlen(text), "the key", &err) != TD_OK)
        fail_msg("%s", err.text);
    return key;
}

static int verify(const char *signature, const struct td_signature_key *key, const char *message)
{
    struct td_signature s;
    int rc = td_signature_parse(&s, signature, strlen(signature), "the signature", &err);

    return rc == TD_OK ? td_signature_verify(&s, key, message, strlen(message), "shout.manifest", &err) : rc;
}

static void what_minisign_signed_is_verified(void **state)
{
    const char *const forms[] = { PUBLIC_FILE, PUBLIC, PUBLIC "\n\n", "untrusted comment: by hand\r\n" PUBLIC "\r\n" };
    char id[TD_SIGNATURE_ID_CHARS + 1], file[60];
    struct td_signature s;

    (void)state;
    for (size_t i = 0; i < COUNT(forms); i++) {
        struct td_signature_key key = key_of(forms[i]);
        td_signature_id_print(key.id, id);
        assert_string_equal(id, "C16B03B043D67450");
        if (verify(SIGNATURE, &key, MANIFEST) != TD_OK)
            fail_msg("%zu: %s", i, err.text);
    }
    assert_int_equal(td_signature_parse(&s, SIGNATURE, strlen(SIGNATURE), "it", &err), TD_OK);
    assert_string_equal(td_manifest_comment_field(s.comment, "file", file, sizeof file), "shout.manifest");
    assert_null(td_manifest_comment_field(s.comment, "plugin", file, sizeof file));
}

static void what_was_changed_is_refused(void **state)
{
    struct td_signature_key key = key_of(PUBLIC), other = key;
    const struct {
        const char *signature, *message, *words;
    } cases[] = {
        { SIGNATURE, MANIFEST "\n", "shout.manifest isn't what was signed" },
        { SIGNATURE, "", "isn't what was signed" },
        { "untrusted comment: x\n" BYTES
          "trusted comment: timestamp:1795952371\tfile:shout.manifest\thashed\n" OF_COMMENT,
          MANIFEST, "comment isn't the one that was signed" },
        { "untrusted comment: x\n" BYTES "trusted comment: \n" OF_COMMENT, MANIFEST, "isn't the one that was signed" },
        { OLDER, MANIFEST, "minisign's older kind" },
        { BYTES COMMENT OF_COMMENT, MANIFEST, "is no signature of minisign's" },
        { SIGNATURE "more\n", MANIFEST, "is no signature of minisign's" },
        { "untrusted comment: x\n" BYTES COMMENT, MANIFEST, "is no signature of minisign's" },
        { "untrusted comment: x\nRURQ\n" COMMENT OF_COMMENT, MANIFEST, "is no signature of minisign's" },
        { "untrusted comment: x\n" OF_COMMENT COMMENT OF_COMMENT, MANIFEST, "is no signature of minisign's" },
        { PUBLIC_FILE, MANIFEST, "is no signature of minisign's" },
        { "", MANIFEST, "is no signature of minisign's" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(verify(cases[i].signature, &key, cases[i].message), TD_E_CONFIG);
        if (!strstr(err.text, cases[i].words))
            fail_msg("%zu: '%s' should say '%s'", i, err.text, cases[i].words);
    }
    other.bytes[3] ^= 4;
    assert_int_equal(verify(SIGNATURE, &other, MANIFEST), TD_E_CONFIG);
}

static void what_is_no_public_key_is_refused(void **state)
{
    const char *const texts[] = { "",          "x",         "untrusted comment: x\n",
                                  PUBLIC "x",  SECRET,      PUBLIC "\n" PUBLIC,
                                  "\n" PUBLIC, "RW" PUBLIC, "untrusted comment: " PUBLIC };
    struct td_signature_key key;

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++)
        assert_int_equal(td_signature_key_parse(&key, texts[i], strlen(texts[i]), "it", &err), TD_E_CONFIG);
    assert_non_null(strstr(err.text, "it is no public key of minisign's"));
}

static void what_is_signed_here_is_as_minisign_has_it(void **state)
{
    struct td_signature_key key = key_of(PUBLIC);
    struct td_signature_secret secret;
    char text[TD_SIGNATURE_TEXT];
    struct td_signature s;

    (void)state;
    assert_int_equal(td_signature_secret_parse(&secret, SECRET, strlen(SECRET), NULL, "it", &err), TD_OK);
    assert_memory_equal(&secret.public, &key, sizeof key);
    td_signature_make(&s, &secret, MANIFEST, strlen(MANIFEST), "timestamp:1795952370\tfile:shout.manifest\thashed");
    td_signature_print(&s, text);
    assert_non_null(strstr(text, "\n" BYTES COMMENT OF_COMMENT)); /* Ed25519 has no chance in it */
    td_signature_key_print(&key, text);
    assert_string_equal(text, PUBLIC_FILE);
}

static void a_pair_of_ours_is_read_again(void **state)
{
    struct td_signature_secret secret, again;
    char text[TD_SIGNATURE_TEXT];
    struct td_signature s;

    (void)state;
    td_signature_generate(&secret);
    td_signature_secret_print(&secret, text);
    assert_int_equal(td_signature_secret_parse(&again, text, strlen(text), NULL, "it", &err), TD_OK);
    assert_memory_equal(&again, &secret, sizeof secret);
    td_signature_make(&s, &again, "a", 1, "");
    td_signature_print(&s, text);
    assert_int_equal(verify(text, &secret.public, "a"), TD_OK);
    td_signature_secret_wipe(&again);
    assert_true(sodium_is_zero(again.bytes, sizeof again.bytes));
}

static const char *password;

static int answer(char *to, size_t size)
{
    return password ? (snprintf(to, size, "%s", password), 0) : -1;
}

/* A secret of minisign's with a password, but with less work to make a key of that. */
static void encrypt(char text[512], uint64_t work)
{
    unsigned char bytes[158], stream[104], *hidden = bytes + 54;
    crypto_generichash_state state;

    assert_int_equal(sodium_base642bin(bytes, sizeof bytes, SECRET, strlen(SECRET), NULL, NULL, NULL,
                                       sodium_base64_VARIANT_ORIGINAL),
                     0);
    memcpy(bytes + 2, "Sc", 2);
    memset(bytes + 6, 's', 32);
    for (int i = 0; i < 8; i++) {
        bytes[38 + i] = (unsigned char)(work >> 8 * i);
        bytes[46 + i] = i == 2; /* 64 KiB */
    }
    crypto_generichash_init(&state, NULL, 0, 32);
    crypto_generichash_update(&state, bytes, 2);
    crypto_generichash_update(&state, hidden, 72);
    crypto_generichash_final(&state, hidden + 72, 32);
    assert_int_equal(
        crypto_pwhash_scryptsalsa208sha256(stream, sizeof stream, "open sesame", 11, bytes + 6, 32768, 65536), 0);
    for (size_t i = 0; i < sizeof stream; i++)
        hidden[i] ^= stream[i];
    sodium_bin2base64(text, 512, bytes, sizeof bytes, sodium_base64_VARIANT_ORIGINAL);
}

static void a_secret_with_a_password_asks_for_it(void **state)
{
    struct td_signature_key key = key_of(PUBLIC);
    struct td_signature_secret secret;
    char text[512];

    (void)state;
    encrypt(text, 32768);
    password = "open sesame";
    if (td_signature_secret_parse(&secret, text, strlen(text), answer, "it", &err) != TD_OK)
        fail_msg("%s", err.text);
    assert_memory_equal(&secret.public, &key, sizeof key);
    password = "open barley";
    assert_int_equal(td_signature_secret_parse(&secret, text, strlen(text), answer, "it", &err), TD_E_DENIED);
    assert_non_null(strstr(err.text, "the password is wrong"));
    password = NULL;
    assert_int_equal(td_signature_secret_parse(&secret, text, strlen(text), answer, "it", &err), TD_E_DENIED);
    assert_int_equal(td_signature_secret_parse(&secret, text, strlen(text), NULL, "it", &err), TD_E_CONFIG);
    assert_non_null(strstr(err.text, "encrypted with a password"));
    encrypt(text, UINT64_C(1) << 40);
    assert_int_equal(td_signature_secret_parse(&secret, text, strlen(text), answer, "it", &err), TD_E_CONFIG);
}

static void a_secret_that_is_damaged_or_not_secret_is_refused(void **state)
{
    char path[] = "/tmp/textd-signature-XXXXXX", damaged[] = SECRET;
    int fd = mkstemp(path);
    struct td_signature_secret secret;

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(write(fd, SECRET, strlen(SECRET)), strlen(SECRET));
    assert_int_equal(td_signature_secret_read(&secret, path, NULL, "--key", &err), TD_OK);
    for (int i = 0; i < 3; i++) {
        fchmod(fd, (mode_t[]) { 0604, 0644, 0620 }[i]);
        assert_int_equal(td_signature_secret_read(&secret, path, NULL, "--key", &err), TD_E_CONFIG);
        assert_non_null(strstr(err.text, "others can read or change the secret; chmod 600 it"));
        assert_non_null(strstr(err.text, "textctl plugin keygen"));
    }
    close(fd);
    unlink(path);
    damaged[100] = damaged[100] == 'A' ? 'B' : 'A'; /* which minisign signs with, and says nothing */
    assert_int_equal(td_signature_secret_parse(&secret, damaged, strlen(damaged), NULL, "it", &err), TD_E_CONFIG);
    assert_non_null(strstr(err.text, "its public key isn't the secret's"));
    assert_int_equal(td_signature_secret_parse(&secret, PUBLIC_FILE, strlen(PUBLIC_FILE), NULL, "it", &err),
                     TD_E_CONFIG);
    assert_non_null(strstr(err.text, "is no secret key of minisign's"));
}

/* ---- Manifests ---------------------------------------------------------------------------------------------------- */

static int parse(struct td_manifest *manifest, const char *text)
{
    return td_manifest_parse(manifest, text, strlen(text), "shout.manifest", &err);
}

static void a_manifest_is_read_and_written(void **state)
{
    struct td_manifest manifest, made = { 0 };

    (void)state;
    assert_int_equal(parse(&manifest, MANIFEST), TD_OK);
    assert_int_equal(manifest.n, 2);
    assert_string_equal(manifest.entries[1].name, "shout/words.txt");
    assert_string_equal(manifest.entries[1].hash, HASH_B);
    for (uint32_t i = 0; i < manifest.n; i++)
        assert_int_equal(td_manifest_add(&made, manifest.entries[i].name, manifest.entries[i].hash, "shout", &err),
                         TD_OK);
    char *text = td_manifest_print(&made);
    assert_string_equal(text, MANIFEST);
    free(text);
    assert_int_equal(td_manifest_add(&made, "shout/a\nb", HASH_A, "shout", &err), TD_E_CONFIG);
    td_manifest_free(&made);
    td_manifest_free(&manifest);
}

static void what_is_no_manifest_is_refused(void **state)
{
    const char *const texts[] = {
        "",
        "\n",
        HASH_A "  \n",
        HASH_A "  /etc/passwd\n",
        HASH_A "  ../shout.so\n",
        HASH_A "  shout/../x\n",
        HASH_A "  shout/a/b\n",
        HASH_A "  shout/\n",
        HASH_A "  .so\n",
        HASH_A "  shout/.hidden\n",
        HASH_A " *shout.so\n",
        HASH_A " shout.so\n",
        "\\" HASH_A "  shout.so\n",
        "CA978112CA1BBDCAFAC231B39A23DC4DA786EFF8147C4E72B9807785AFEE48BB  shout.so\n",
        "ca97  shout.so\n",
        "# by hand\n" MANIFEST,
        MANIFEST "\n",
        MANIFEST HASH_A "  shout.so\n",
        HASH_A "  shout.so\r\n",
    };
    struct td_manifest manifest;

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        if (parse(&manifest, texts[i]) != TD_E_CONFIG)
            fail_msg("%zu was taken", i);
        td_manifest_free(&manifest);
    }
    assert_int_equal(td_manifest_parse(&manifest, HASH_A "  sh\0ut.so\n", 74, "it", &err), TD_E_CONFIG);
    td_manifest_free(&manifest);
}

static void files_that_were_changed_added_removed_or_swapped_are_named(void **state)
{
    const struct {
        const char *plugin, *found, *words; /* NULL: it is fine */
    } cases[] = {
        { "shout", MANIFEST, NULL },
        { "shout", HASH_B "  shout/words.txt\n" HASH_A "  shout.so\n", NULL },
        { "shout", HASH_B "  shout.so\n" HASH_B "  shout/words.txt\n", "shout.so isn't what was signed" },
        { "shout", HASH_A "  shout.so\n" HASH_A "  shout/words.txt\n", "shout/words.txt isn't what was signed" },
        { "shout", MANIFEST HASH_A "  shout/more.txt\n", "shout/more.txt isn't in shout.manifest: it was added" },
        { "shout", HASH_A "  shout.so\n", "shout/words.txt was signed, as shout.manifest says, and isn't there" },
        { "echo", HASH_A "  echo.so\n", "was signed for another plugin: it has no echo.so, but shout.so" },
    };
    struct td_manifest was_signed, found;

    (void)state;
    assert_int_equal(parse(&was_signed, MANIFEST), TD_OK);
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(parse(&found, cases[i].found), TD_OK);
        int rc = td_manifest_compare(&was_signed, &found, cases[i].plugin, "shout.manifest", &err);
        if (!cases[i].words != (rc == TD_OK) || (cases[i].words && !strstr(err.text, cases[i].words)))
            fail_msg("%zu: '%s' should say '%s'", i, err.text, cases[i].words);
        td_manifest_free(&found);
    }
    td_manifest_free(&was_signed);
}

/* Of a library that came with textd, and files that were added to it. */
static void what_somebody_else_answers_for_need_not_be_signed(void **state)
{
    struct td_manifest was_signed, found;

    (void)state;
    assert_int_equal(parse(&found, MANIFEST), TD_OK);
    found.entries[0].is_optional = 1;
    assert_int_equal(parse(&was_signed, HASH_B "  shout/words.txt\n"), TD_OK);
    assert_int_equal(td_manifest_compare(&was_signed, &found, "shout", "it", &err), TD_OK);
    found.entries[0].hash[0] = 'f';
    assert_int_equal(td_manifest_compare(&was_signed, &found, "shout", "it", &err), TD_OK);
    td_manifest_free(&was_signed);
    assert_int_equal(parse(&was_signed, MANIFEST), TD_OK); /* but when it is, it must be right */
    assert_int_equal(td_manifest_compare(&was_signed, &found, "shout", "it", &err), TD_E_CONFIG);
    td_manifest_free(&was_signed);
    assert_int_equal(parse(&was_signed, HASH_A "  shout.so\n"), TD_OK);
    assert_int_equal(td_manifest_compare(&was_signed, &found, "shout", "it", &err), TD_E_CONFIG);
    td_manifest_free(&was_signed);
    td_manifest_free(&found);
}

static void a_comment_of_another_plugin_is_refused(void **state)
{
    char comment[200], version[20];

    (void)state;
    td_manifest_comment(comment, sizeof comment, "shout", "1.2.0", 1795952370);
    assert_string_equal(comment, "timestamp:1795952370\tfile:shout.manifest\thashed\tplugin:shout\tversion:1.2.0");
    assert_string_equal(td_manifest_comment_field(comment, "version", version, sizeof version), "1.2.0");
    assert_int_equal(td_manifest_check_comment(comment, "shout", "it", &err), TD_OK);
    assert_int_equal(td_manifest_check_comment(comment, "echo", "it", &err), TD_E_CONFIG);
    assert_non_null(strstr(err.text, "it was signed for the plugin shout, and not for echo"));
    assert_int_equal(td_manifest_check_comment("timestamp:1\tfile:x\thashed", "echo", "it", &err), TD_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_minisign_signed_is_verified),
        cmocka_unit_test(what_was_changed_is_refused),
        cmocka_unit_test(what_is_no_public_key_is_refused),
        cmocka_unit_test(what_is_signed_here_is_as_minisign_has_it),
        cmocka_unit_test(a_pair_of_ours_is_read_again),
        cmocka_unit_test(a_secret_with_a_password_asks_for_it),
        cmocka_unit_test(a_secret_that_is_damaged_or_not_secret_is_refused),
        cmocka_unit_test(a_manifest_is_read_and_written),
        cmocka_unit_test(what_is_no_manifest_is_refused),
        cmocka_unit_test(files_that_were_changed_added_removed_or_swapped_are_named),
        cmocka_unit_test(what_somebody_else_answers_for_need_not_be_signed),
        cmocka_unit_test(a_comment_of_another_plugin_is_refused),
    };

    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
