/* vocabulary.c: see vocabulary.h. */
#include "plugins/sentiment/vocabulary.h"

const uint8_t *vocabulary_denied(const struct vocabulary *vocabulary, const struct entry *entry)
{
    const struct words *words = &vocabulary->model->words;

    if (entry == &vocabulary_nothing)
        return entry->weights;
    if (vocabulary->own.entries && !(entry >= words->entries && entry < words->entries + words->n_entries))
        words = &vocabulary->own;
    return words->denied[entry - words->entries];
}

const struct entry vocabulary_nothing = {
    .weights = { ENTRY_BIAS, ENTRY_BIAS, ENTRY_BIAS, ENTRY_BIAS, ENTRY_BIAS, ENTRY_BIAS, ENTRY_BIAS, ENTRY_BIAS,
                 ENTRY_BIAS, ENTRY_BIAS, ENTRY_BIAS, ENTRY_BIAS },
    .flags = ENTRY_SPEAKS,
};

void vocabulary_make(struct vocabulary *vocabulary, const struct sentiment_model *model, const struct own_words *own)
{
    static const char *const names[] = {
#define X(name, word) word,
        STAND_INS(X)
#undef X
    };

    *vocabulary = (struct vocabulary) { .model = model, .turns = &turns_made };
    if (own)
        vocabulary->own = own->words;
    for (uint32_t i = 0; i < PHRASE_BITS / 64; i++)
        vocabulary->phrases[i] = model->content.phrases[i] | (own ? own->phrases[i] : 0);
    for (int i = 0; i < N_STAND_INS; i++)
        vocabulary->stand_ins[i] = words_find(&model->words, word_sign_hash(names[i], (uint32_t)strlen(names[i])));
}
