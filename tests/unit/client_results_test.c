/* client_results_test.c: what is read out of a reply without knowing its form: entities and their values, sentences,
 * sentiment, summary, warnings; of a reply that lacks them, and of one whose values have other types, nothing. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>
#include <msgpack.h>
#include <textd/client.h>

#include "clients/c/reply.h"

/* ---- A reply, written as JSON ------------------------------------------------------------------------------------ */

static void pack(msgpack_packer *packer, const json_t *value)
{
    const char *key;
    json_t *item;
    size_t i;

    switch (json_typeof(value)) {
    case JSON_OBJECT:
        msgpack_pack_map(packer, json_object_size(value));
        json_object_foreach((json_t *)value, key, item)
        {
            msgpack_pack_str_with_body(packer, key, strlen(key));
            pack(packer, item);
        }
        break;
    case JSON_ARRAY:
        msgpack_pack_array(packer, json_array_size(value));
        json_array_foreach((json_t *)value, i, item) pack(packer, item);
        break;
    case JSON_STRING:
        msgpack_pack_str_with_body(packer, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        msgpack_pack_int64(packer, json_integer_value(value));
        break;
    case JSON_REAL:
        msgpack_pack_double(packer, json_real_value(value));
        break;
    case JSON_NULL:
        msgpack_pack_nil(packer);
        break;
    default:
        json_is_true(value) ? msgpack_pack_true(packer) : msgpack_pack_false(packer);
    }
}

static struct textd_reply *reply_of(const char *results)
{
    char text[2000];
    msgpack_sbuffer buffer;
    msgpack_packer packer;
    zmq_msg_t body;

    snprintf(text, sizeof text, "{\"v\":1,\"id\":1,\"ok\":true,%s}", results);
    json_t *value = json_loads(text, 0, NULL);
    assert_non_null(value);
    msgpack_sbuffer_init(&buffer);
    msgpack_packer_init(&packer, &buffer, msgpack_sbuffer_write);
    pack(&packer, value);
    json_decref(value);
    zmq_msg_init_size(&body, buffer.size);
    memcpy(zmq_msg_data(&body), buffer.data, buffer.size);
    msgpack_sbuffer_destroy(&buffer);
    struct textd_reply *reply = reply_from(&body, "here", NULL);
    assert_non_null(reply);
    return reply;
}

static void assert_slice(struct textd_slice slice, const char *text)
{
    assert_int_equal(slice.length, strlen(text));
    assert_memory_equal(slice.text, text, slice.length);
}

#define assert_number(a, b) assert_true((a) == (b))

/* ---- What is there ----------------------------------------------------------------------------------------------- */

static void entities_and_their_values(void **state)
{
    struct textd_reply *reply = reply_of(
        "\"results\":{\"entities\":{\"entities\":["
        "{\"start\":0,\"end\":4,\"type\":\"ORG\",\"text\":\"Acme\",\"score\":0.9,\"id\":\"Q1\"},"
        "{\"start\":10,\"end\":20,\"type\":\"DATE\",\"text\":\"May 1\",\"score\":1.0,\"value\":\"2024-05-01\"},"
        "{\"start\":21,\"end\":23,\"type\":\"MONEY\",\"text\":\"$3\",\"score\":1.0,"
        "\"value\":{\"amount\":3.0,\"currency\":\"USD\"}},"
        "{\"start\":24,\"end\":30,\"type\":\"QUANTITY\",\"text\":\"5-9 km\",\"score\":1.0,"
        "\"value\":{\"number\":5.0,\"to\":9.0,\"unit\":\"km\"}}]}}");
    struct textd_walk walk = textd_reply_entities(reply), again = walk;
    struct textd_entity e;
    struct textd_range range;

    (void)state;
    assert_true(textd_entity_next(&walk, &e));
    assert_slice(e.type, "ORG");
    assert_slice(e.text, "Acme");
    assert_slice(e.id, "Q1");
    assert_int_equal(e.range.start, 0);
    assert_int_equal(e.range.end, 4);
    assert_number(e.score, 0.9);
    assert_int_equal(e.value.kind, TEXTD_AMOUNT_NONE);
    assert_true(textd_entity_next(&walk, &e));
    assert_int_equal(e.value.kind, TEXTD_AMOUNT_TEXT);
    assert_slice(e.value.text, "2024-05-01");
    assert_null(e.id.text);
    assert_true(textd_entity_next(&walk, &e));
    assert_int_equal(e.value.kind, TEXTD_AMOUNT_MONEY);
    assert_number(e.value.number, 3);
    assert_slice(e.value.unit, "USD");
    assert_false(e.value.has_to);
    assert_true(textd_entity_next(&walk, &e));
    assert_int_equal(e.value.kind, TEXTD_AMOUNT_NUMBER);
    assert_number(e.value.number, 5);
    assert_true(e.value.has_to);
    assert_number(e.value.to, 9);
    assert_slice(e.value.unit, "km");
    assert_false(textd_entity_next(&walk, &e));
    for (int i = 0; i < 4; i++)
        assert_true(textd_range_next(&again, &range));
    assert_int_equal(range.start, 24);
    textd_reply_free(reply);
}

static void who_is_who(void **state)
{
    struct textd_reply *reply =
        reply_of("\"results\":{\"entities\":{\"entities\":["
                 "{\"start\":0,\"end\":2,\"type\":\"ORG\",\"text\":\"Bo\",\"score\":0.5,\"name_score\":0.75,\"ref\":1},"
                 "{\"start\":3,\"end\":4,\"type\":\"DATE\",\"text\":\"May\",\"score\":1.0,\"name_score\":1.0},"
                 "{\"start\":5,\"end\":6,\"type\":\"PERSON\",\"text\":\"Al\",\"score\":0.5,\"ref\":0},"
                 "{\"start\":7,\"end\":9,\"type\":\"ORG\",\"text\":\"Bo Co\",\"score\":0.5,\"ref\":-1}],"
                 "\"names\":[{\"name\":\"Al\",\"type\":\"PERSON\",\"mentions\":1,\"first\":2},"
                 "{\"name\":\"Bo Co\",\"type\":\"ORG\",\"mentions\":2,\"first\":0},7]}}");
    struct textd_walk entities = textd_reply_entities(reply), names = textd_reply_names(reply);
    struct textd_entity e;
    struct textd_name name;

    (void)state;
    assert_true(textd_entity_next(&entities, &e));
    assert_number(e.name_score, 0.75);
    assert_true(e.has_ref);
    assert_int_equal(e.ref, 1);
    assert_true(textd_entity_next(&entities, &e));
    assert_number(e.name_score, 1);
    assert_false(e.has_ref);
    assert_true(textd_entity_next(&entities, &e));
    assert_true(e.has_ref);
    assert_int_equal(e.ref, 0);
    assert_true(textd_entity_next(&entities, &e));
    assert_false(e.has_ref);
    assert_true(textd_name_next(&names, &name));
    assert_slice(name.name, "Al");
    assert_slice(name.type, "PERSON");
    assert_int_equal(name.mentions, 1);
    assert_int_equal(name.first, 2);
    assert_true(textd_name_next(&names, &name));
    assert_slice(name.name, "Bo Co");
    assert_int_equal(name.mentions, 2);
    assert_int_equal(name.first, 0);
    assert_true(textd_name_next(&names, &name));
    assert_null(name.name.text);
    assert_int_equal(name.mentions, 0);
    assert_false(textd_name_next(&names, &name));
    textd_reply_free(reply);
}

/* A program that knows of names, with a library that doesn't: the fields that it never filled in say that there are none. */
static void an_older_library_gives_no_refs(void **state)
{
    struct textd_reply *reply = reply_of("\"results\":{\"entities\":{\"entities\":[{\"ref\":3,\"type\":\"ORG\"}]}}");
    struct textd_walk walk = textd_reply_entities(reply);
    struct textd_entity e;

    (void)state;
    memset(&e, 0, sizeof e);
    assert_true(textd_entity_read(&walk, &e, offsetof(struct textd_entity, name_score)));
    assert_slice(e.type, "ORG");
    assert_false(e.has_ref);
    textd_reply_free(reply);
}

static void sentences_and_how_they_sound(void **state)
{
    struct textd_reply *reply =
        reply_of("\"results\":{\"segmenter\":{\"sentences\":[[0,5],[6,9]],\"tokens\":[[0,2]]},"
                 "\"sentiment\":{\"score\":-0.5,\"label\":\"negative\",\"confidence\":0.75,\"domain\":\"news\","
                 "\"sentences\":[{\"start\":6,\"end\":9,\"score\":0.0,\"label\":\"neutral\",\"confidence\":1.0}]}}");
    struct textd_walk sentences = textd_reply_sentences(reply), tokens = textd_reply_tokens(reply);
    struct textd_walk parts = textd_reply_sentiment_sentences(reply), none = textd_reply_sentiment_entities(reply);
    struct textd_sentiment s;
    struct textd_range range;

    (void)state;
    assert_true(textd_range_next(&sentences, &range));
    assert_true(textd_range_next(&sentences, &range));
    assert_int_equal(range.start, 6);
    assert_int_equal(range.end, 9);
    assert_false(textd_range_next(&sentences, &range));
    assert_true(textd_range_next(&tokens, &range));
    assert_true(textd_reply_sentiment(reply, &s));
    assert_number(s.score, -0.5);
    assert_number(s.confidence, 0.75);
    assert_slice(s.label, "negative");
    assert_slice(s.domain, "news");
    assert_true(textd_sentiment_next(&parts, &s));
    assert_int_equal(s.range.start, 6);
    assert_slice(s.label, "neutral");
    assert_false(textd_sentiment_next(&parts, &s));
    assert_false(textd_sentiment_next(&none, &s));
    textd_reply_free(reply);
}

/* ---- By columns -------------------------------------------------------------------------------------------------- */

static void columns_read_like_lists(void **state)
{
    struct textd_reply *reply =
        reply_of("\"results\":{\"entities\":{\"columns\":{\"start\":[0,10,40],\"end\":[4,20,44],\"type\":[0,1,0],"
                 "\"score\":[0.5,1.0,0.25],\"name_score\":[0.75,1.0,0.5],\"ref\":[1,-1,0]},"
                 "\"values\":[[1,{\"amount\":3.0,\"currency\":\"USD\"}]],\"ids\":[[0,\"Q1\"],[2,\"Q2\"]],"
                 "\"name_columns\":{\"name\":[\"Al\",\"Bo Co\"],\"type\":[2,0],\"mentions\":[1,2],\"first\":[2,0]},"
                 "\"types\":[\"ORG\",\"MONEY\",\"PERSON\"]}}");
    struct textd_walk entities = textd_reply_entities(reply), names = textd_reply_names(reply);
    struct textd_entity e;
    struct textd_name name;

    (void)state;
    assert_true(textd_entity_next(&entities, &e));
    assert_slice(e.type, "ORG");
    assert_slice(e.id, "Q1");
    assert_null(e.text.text);
    assert_int_equal(e.range.end, 4);
    assert_number(e.score, 0.5);
    assert_number(e.name_score, 0.75);
    assert_true(e.has_ref);
    assert_int_equal(e.ref, 1);
    assert_int_equal(e.value.kind, TEXTD_AMOUNT_NONE);
    assert_true(textd_entity_next(&entities, &e));
    assert_slice(e.type, "MONEY");
    assert_false(e.has_ref);
    assert_null(e.id.text);
    assert_int_equal(e.value.kind, TEXTD_AMOUNT_MONEY);
    assert_number(e.value.number, 3);
    assert_true(textd_entity_next(&entities, &e));
    assert_slice(e.id, "Q2");
    assert_int_equal(e.range.start, 40);
    assert_int_equal(e.ref, 0);
    assert_false(textd_entity_next(&entities, &e));
    assert_true(textd_name_next(&names, &name));
    assert_slice(name.name, "Al");
    assert_slice(name.type, "PERSON");
    assert_int_equal(name.first, 2);
    assert_true(textd_name_next(&names, &name));
    assert_int_equal(name.mentions, 2);
    assert_false(textd_name_next(&names, &name));
    assert_int_equal(textd_node_path(textd_reply_root(reply), "results.entities.columns").type, TEXTD_NODE_MAP);
    textd_reply_free(reply);
}

static void columns_of_sentences_tokens_and_sentiment_read_like_lists(void **state)
{
    struct textd_reply *reply = reply_of(
        "\"results\":{\"segmenter\":{\"columns\":{\"sentences\":{\"start\":[0,6],\"end\":[5,9]},"
        "\"tokens\":{\"start\":[],\"end\":[]}}},\"other\":{\"a\":[1]},"
        "\"sentiment\":{\"score\":-0.5,\"label\":\"negative\",\"confidence\":0.75,\"domain\":\"news\","
        "\"labels\":[\"negative\",\"neutral\",\"positive\"],\"columns\":{\"sentences\":{\"start\":[6],\"end\":[9],"
        "\"score\":[0.0],\"label\":[1],\"confidence\":[1.0]}},\"reasons\":[7]}}");
    struct textd_walk sentences = textd_reply_sentences(reply), tokens = textd_reply_tokens(reply);
    struct textd_walk parts = textd_reply_sentiment_sentences(reply), none = textd_reply_sentiment_entities(reply);
    struct textd_node results = textd_reply_results(reply);
    struct textd_sentiment s;
    struct textd_range range;

    (void)state;
    assert_true(textd_range_next(&sentences, &range));
    assert_true(textd_range_next(&sentences, &range));
    assert_int_equal(range.start, 6);
    assert_int_equal(range.end, 9);
    assert_false(textd_range_next(&sentences, &range));
    assert_false(textd_range_next(&tokens, &range));
    assert_true(textd_reply_sentiment(reply, &s));
    assert_slice(s.domain, "news");
    assert_true(textd_sentiment_next(&parts, &s));
    assert_int_equal(s.range.start, 6);
    assert_slice(s.label, "neutral");
    assert_number(s.confidence, 1);
    assert_false(textd_sentiment_next(&parts, &s));
    assert_false(textd_sentiment_next(&none, &s));
    assert_int_equal(textd_node_path(results, "other.a").length, 1);
    assert_int_equal(textd_node_path(results, "sentiment.reasons").length, 1);
    assert_int_equal(textd_node_path(results, "sentiment.columns").type, TEXTD_NODE_NONE);
    assert_int_equal(textd_node_path(results, "segmenter.sentences").length, 2);
    textd_reply_free(reply);
}

/* What isn't textd may answer with maps whose keys are no texts. */
static void keys_of_any_type_are_kept(void **state)
{
    static const char body[] = "\x84\xa1v\x01\xa2id\x01\xa2ok\xc3\xa7results\x82\x07\x01\xa1"
                               "a\x81\xa7"
                               "columns\x81\xa1s"
                               "\x82\xa5start\x91\x01\xa3"
                               "end\x91\x02";
    struct textd_error error;
    zmq_msg_t message;

    (void)state;
    zmq_msg_init_size(&message, sizeof body - 1);
    memcpy(zmq_msg_data(&message), body, sizeof body - 1);
    struct textd_reply *reply = reply_from(&message, "here", &error);
    assert_non_null(reply);
    struct textd_node results = textd_reply_results(reply), key, value;
    struct textd_walk walk = textd_node_walk(results);
    assert_true(textd_walk_next(&walk, &key, &value));
    assert_int_equal(key.integer, 7);
    assert_int_equal(value.integer, 1);
    assert_int_equal(textd_node_path(results, "a.s").length, 1);
    textd_reply_free(reply);
}

/* Another plugin may have a key of that name; and a reply is a stranger's. */
static void what_only_looks_like_columns_stays_as_it_is(void **state)
{
    static const char *const results[] = {
        "{\"columns\":5}",
        "{\"columns\":{\"start\":[1,2]}}",
        "{\"columns\":{\"a\":{\"x\":[1],\"y\":[2]}}}",
        "{\"columns\":{\"a\":{\"start\":[1],\"end\":[2],\"kind\":[3]}}}",
        "{\"columns\":{\"a\":{\"start\":[1],\"end\":[1,2]}}}",
        "{\"columns\":{\"a\":{\"start\":[1],\"label\":[3]}},\"labels\":[\"x\"]}",
        "{\"columns\":{\"start\":[1],\"type\":[1]},\"types\":[\"A\"]}",
        "{\"columns\":{\"start\":[1],\"type\":[-1]},\"types\":[\"A\"]}",
        "{\"columns\":{\"start\":[1],\"type\":[\"A\"]},\"types\":[\"A\"]}",
        "{\"columns\":{\"start\":[1]},\"types\":[],\"values\":[[1,2]]}",
        "{\"columns\":{\"start\":[1,2]},\"types\":[],\"values\":[[1,2],[0,2]]}",
        "{\"columns\":{\"start\":[1]},\"types\":[],\"ids\":[7]}",
        "{\"columns\":{\"start\":[1]},\"types\":[],\"name_columns\":[]}",
        "{\"columns\":{\"start\":{}},\"types\":[]}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(results); i++) {
        char text[300];
        snprintf(text, sizeof text, "\"results\":{\"entities\":%s,\"segmenter\":{\"sentences\":[[1,2]]}}", results[i]);
        struct textd_reply *reply = reply_of(text);
        struct textd_node whole = textd_node_path(textd_reply_root(reply), "results"),
                          read = textd_reply_results(reply);
        struct textd_walk entities = textd_reply_entities(reply), sentences = textd_reply_sentences(reply);
        struct textd_entity e;
        struct textd_range range;

        assert_int_equal(read.length, whole.length);
        assert_false(textd_entity_next(&entities, &e));
        assert_true(textd_range_next(&sentences, &range));
        struct textd_node a = textd_node_find(whole, "entities"), b = textd_node_find(read, "entities");
        assert_int_equal(a.length, b.length);
        assert_int_equal(textd_node_find(a, "columns").type, textd_node_find(b, "columns").type);
        textd_reply_free(reply);
    }
}

static void a_text_that_was_left_alone(void **state)
{
    struct textd_reply *reply = reply_of("\"doc\":{\"bytes\":9,\"language\":\"zh-Hant\"},\"results\":{\"sentiment\":{"
                                         "\"score\":null,\"label\":null,\"confidence\":null,\"domain\":null}}");
    struct textd_sentiment s;

    (void)state;
    assert_slice(textd_reply_language(reply), "zh-Hant");
    assert_true(textd_reply_sentiment(reply, &s));
    assert_null(s.label.text);
    assert_null(s.domain.text);
    assert_number(s.score, 0);
    textd_reply_free(reply);
    reply = reply_of("\"doc\":{\"language\":7},\"results\":{}");
    assert_null(textd_reply_language(reply).text);
    textd_reply_free(reply);
}

static void a_summary_its_sentences_and_keyphrases(void **state)
{
    struct textd_reply *reply = reply_of(
        "\"results\":{\"summarizer\":{\"summary\":\"It is.\",\"headline\":{\"text\":\"It\",\"start\":1,\"end\":3},"
        "\"sentences\":[{\"start\":1,\"end\":7,\"score\":0.5,\"rank\":2,\"reasons\":[\"first\"]}],"
        "\"keyphrases\":[{\"text\":\"is\",\"start\":4,\"end\":6,\"score\":0.25,\"count\":3}]}}");
    struct textd_walk sentences = textd_reply_summary_sentences(reply), phrases = textd_reply_keyphrases(reply);
    struct textd_summary summary;
    struct textd_summary_sentence sentence;
    struct textd_keyphrase phrase;

    (void)state;
    assert_true(textd_reply_summary(reply, &summary));
    assert_slice(summary.text, "It is.");
    assert_slice(summary.headline, "It");
    assert_int_equal(summary.headline_range.end, 3);
    assert_true(textd_summary_sentence_next(&sentences, &sentence));
    assert_int_equal(sentence.rank, 2);
    assert_number(sentence.score, 0.5);
    assert_int_equal(sentence.range.end, 7);
    assert_int_equal(sentence.reasons.length, 1);
    assert_false(textd_summary_sentence_next(&sentences, &sentence));
    assert_true(textd_keyphrase_next(&phrases, &phrase));
    assert_slice(phrase.text, "is");
    assert_int_equal(phrase.count, 3);
    assert_int_equal(phrase.range.start, 4);
    assert_number(phrase.score, 0.25);
    textd_reply_free(reply);
}

static void warnings_meta_and_what_failed(void **state)
{
    struct textd_reply *reply = reply_of("\"warnings\":[\"one\",\"two\"],\"meta\":{\"row\":7},"
                                         "\"errors\":{\"x.y\":{\"code\":\"PLUGIN_FAILED\",\"message\":\"no\"}}");
    struct textd_slice code, message;

    (void)state;
    assert_slice(textd_reply_warning(reply, 0), "one");
    assert_slice(textd_reply_warning(reply, 1), "two");
    assert_null(textd_reply_warning(reply, 2).text);
    assert_int_equal(textd_node_find(textd_reply_meta(reply), "row").integer, 7);
    assert_true(textd_reply_plugin_error(reply, "x.y", &code, &message));
    assert_slice(code, "PLUGIN_FAILED");
    assert_slice(message, "no");
    assert_false(textd_reply_plugin_error(reply, "x", &code, &message));
    textd_reply_free(reply);
}

/* ---- What isn't -------------------------------------------------------------------------------------------------- */

static void what_is_missing_or_of_another_type_is_nothing(void **state)
{
    static const char *const replies[] = {
        "\"doc\":{}",
        "\"results\":{}",
        "\"results\":{\"entities\":null,\"sentiment\":1,\"summarizer\":[],\"segmenter\":\"x\"}",
        "\"results\":{\"entities\":{\"entities\":{}},\"segmenter\":{\"sentences\":5}},\"warnings\":{},\"errors\":[]",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(replies); i++) {
        struct textd_reply *reply = reply_of(replies[i]);
        struct textd_walk entities = textd_reply_entities(reply), sentences = textd_reply_sentences(reply);
        struct textd_walk phrases = textd_reply_keyphrases(reply), names = textd_reply_names(reply);
        struct textd_name name;
        struct textd_entity e;
        struct textd_range range;
        struct textd_keyphrase phrase;
        struct textd_sentiment sentiment;
        struct textd_summary summary;
        struct textd_slice code, message;

        assert_false(textd_entity_next(&entities, &e));
        assert_false(textd_name_next(&names, &name));
        assert_false(textd_range_next(&sentences, &range));
        assert_false(textd_keyphrase_next(&phrases, &phrase));
        assert_false(textd_reply_sentiment(reply, &sentiment));
        assert_false(textd_reply_summary(reply, &summary));
        assert_null(textd_reply_warning(reply, 0).text);
        assert_int_equal(textd_reply_meta(reply).type, TEXTD_NODE_NONE);
        assert_false(textd_reply_plugin_error(reply, "entities", &code, &message));
        textd_reply_free(reply);
    }
    struct textd_reply *reply = reply_of("\"results\":{\"entities\":{\"entities\":[1,[2],"
                                         "{\"start\":-1,\"end\":\"x\",\"type\":5,\"score\":\"y\",\"value\":[]}]}}");
    struct textd_walk walk = textd_reply_entities(reply);
    struct textd_entity e;
    for (int i = 0; i < 3; i++) {
        assert_true(textd_entity_next(&walk, &e));
        assert_null(e.type.text);
        assert_int_equal(e.value.kind, TEXTD_AMOUNT_NONE);
        assert_int_equal(e.range.end, 0);
    }
    textd_reply_free(reply);
}

/* A program that was compiled with an older header, or a newer one, than the library that runs. */
static void structs_of_other_versions_are_filled_as_far_as_they_go(void **state)
{
    struct textd_reply *reply = reply_of("\"results\":{\"segmenter\":{\"sentences\":[[1,2],[3,4]]}}");
    struct textd_walk walk = textd_reply_sentences(reply);
    struct {
        struct textd_range range;
        size_t more;
    } newer = { { 9, 9 }, 9 };
    struct textd_range older = { 9, 9 };

    (void)state;
    assert_true(textd_range_read(&walk, &older, offsetof(struct textd_range, end)));
    assert_int_equal(older.start, 1);
    assert_int_equal(older.end, 9);
    assert_true(textd_range_read(&walk, &newer.range, sizeof newer));
    assert_int_equal(newer.range.end, 4);
    assert_int_equal(newer.more, 0);
    textd_reply_free(reply);
}

static void a_reply_of_another_version_is_none(void **state)
{
    static const char body[] = "\x83\xa1v\x02\xa2id\x01\xa2ok\xc3";
    struct textd_error error;
    zmq_msg_t message;

    (void)state;
    zmq_msg_init_size(&message, sizeof body - 1);
    memcpy(zmq_msg_data(&message), body, sizeof body - 1);
    assert_null(reply_from(&message, "here", &error));
    assert_int_equal(error.code, TEXTD_CLIENT_NO_PROTOCOL);
    assert_non_null(strstr(error.text, "version"));
}

static void one_that_the_library_makes_reads_like_any_other(void **state)
{
    struct textd_reply *reply = reply_make(7, "LOST", "it was \"lost\"", 1);

    (void)state;
    assert_int_equal(textd_reply_id(reply), 7);
    assert_string_equal(textd_reply_error(reply)->code, "LOST");
    assert_string_equal(textd_reply_error(reply)->message, "it was \"lost\"");
    assert_true(textd_reply_error(reply)->retryable);
    assert_true(textd_node_is(textd_node_path(textd_reply_root(reply), "error.code"), "LOST"));
    textd_reply_free(reply);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entities_and_their_values),
        cmocka_unit_test(who_is_who),
        cmocka_unit_test(an_older_library_gives_no_refs),
        cmocka_unit_test(sentences_and_how_they_sound),
        cmocka_unit_test(columns_read_like_lists),
        cmocka_unit_test(columns_of_sentences_tokens_and_sentiment_read_like_lists),
        cmocka_unit_test(keys_of_any_type_are_kept),
        cmocka_unit_test(what_only_looks_like_columns_stays_as_it_is),
        cmocka_unit_test(a_text_that_was_left_alone),
        cmocka_unit_test(a_summary_its_sentences_and_keyphrases),
        cmocka_unit_test(warnings_meta_and_what_failed),
        cmocka_unit_test(what_is_missing_or_of_another_type_is_nothing),
        cmocka_unit_test(structs_of_other_versions_are_filled_as_far_as_they_go),
        cmocka_unit_test(a_reply_of_another_version_is_none),
        cmocka_unit_test(one_that_the_library_makes_reads_like_any_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
