/* sentiment_kinds_test.c: sentences that say something else than the sum of their words, by kind, with the labels that people would give. Of each
 * kind nearly all must be right: each is of words of its own, none is there to be learned by heart. */
#include "tests/unit/sentiment_text.h"

#define NEGATIVE (1u << SENTIMENT_NEGATIVE)
#define NEUTRAL (1u << SENTIMENT_NEUTRAL)
#define POSITIVE (1u << SENTIMENT_POSITIVE)

struct kind_text {
    unsigned labels;
    const char *text;
};

static const struct kind_text negated_comparatives[] = {
    { NEGATIVE, "I have never eaten a worse burger." },
    { POSITIVE, "The trip could not have been smoother." },
    { POSITIVE, "We have never had better neighbours." },
    { NEGATIVE, "Nothing is worse than a cold shower in winter." },
    { POSITIVE, "There is nothing better than fresh bread." },
    { POSITIVE, "Nobody does it better." },
    { NEGATIVE, "Things couldn't get any worse." },
    { POSITIVE, "It doesn't get much better than that." },
    { POSITIVE, "I've never slept so well in a hotel." },
    { NEGATIVE, "I have never been so disappointed." },
    { NEGATIVE, "She had never seen such a dirty kitchen." },
    { POSITIVE, "We couldn't be happier with the new roof." },
    { POSITIVE, "Their cheesecake is second to none." },
    { NEGATIVE, "This is not the best laptop I have owned." },
    { POSITIVE, "I could not ask for a kinder landlord." },
    { POSITIVE, "Never have I felt more at home." },
    { POSITIVE, "No other tool comes close." },
    { NEGATIVE, "The sequel leaves a lot to be desired." },
    { POSITIVE, "The rooms leave nothing to be desired." },
    { NEGATIVE, "Honestly, it could hardly be worse." },
};

static const struct kind_text enough[] = {
    { POSITIVE, "I can't recommend this plumber enough." },
    { POSITIVE, "We cannot thank the nurses enough." },
    { POSITIVE, "I can't say enough good things about them." },
    { POSITIVE, "My kids can't get enough of these snacks." },
    { POSITIVE, "I could not recommend the tour more highly." },
    { POSITIVE, "You can't beat their prices." },
    { POSITIVE, "You can't go wrong with this kettle." },
    { POSITIVE, "I can't praise her teaching enough." },
    { POSITIVE, "We can't wait to come back." },
    { POSITIVE, "I couldn't stop smiling." },
    { POSITIVE, "I can't imagine life without it." },
    { NEGATIVE, "I can't warn people enough about this garage." },
    { POSITIVE, "You can't fault the staff." },
    { POSITIVE, "Cannot speak highly enough of the team." },
    { POSITIVE, "I can't put this novel down." },
    { POSITIVE, "Can't complain about the price." },
};

static const struct kind_text without[] = {
    { POSITIVE, "Without a doubt the best pizza in town." },
    { POSITIVE, "This is without question a wonderful gift." },
    { POSITIVE, "The move went off without a hitch." },
    { POSITIVE, "I would buy it again without hesitation." },
    { POSITIVE, "It has run for two years without a single problem." },
    { POSITIVE, "Installed without any trouble." },
    { POSITIVE, "We crossed the border without incident." },
    { POSITIVE, "She won without difficulty." },
    { POSITIVE, "I recommend the clinic without reservation." },
    { POSITIVE, "Beyond doubt her finest album." },
    { POSITIVE, "No doubt about it, a great little car." },
    { NEGATIVE, "They cancelled my booking without warning." },
    { NEGATIVE, "Without doubt the worst airline." },
    { NEGATIVE, "He left without an apology." },
    { POSITIVE, "Everything arrived without damage." },
    { NEGATIVE, "Without question a terrible decision." },
};

static const struct kind_text ends[] = {
    { POSITIVE, "The leak was repaired." },
    { POSITIVE, "My backache is finally gone." },
    { POSITIVE, "The update fixed the crashes." },
    { POSITIVE, "The cream cleared my acne." },
    { POSITIVE, "The drought is over." },
    { POSITIVE, "She survived cancer." },
    { POSITIVE, "The fire was extinguished." },
    { POSITIVE, "This tea relieves nausea." },
    { POSITIVE, "The strike has been averted." },
    { POSITIVE, "They got rid of the mice." },
    { POSITIVE, "The city is free of pollution." },
    { POSITIVE, "The app no longer crashes." },
    { POSITIVE, "The noise stopped." },
    { POSITIVE, "The new lights prevent burglaries." },
    { POSITIVE, "He has recovered from his injury." },
    { POSITIVE, "All the errors are resolved." },
    { POSITIVE, "The ban was lifted." },
    { NEGATIVE, "The bug was never fixed." },
    { NEGATIVE, "It didn't solve the problem." },
    { NEGATIVE, "The pain came back." },
    { NEGATIVE, "The charger stopped working." },
    { POSITIVE, "The dispute was settled." },
    { POSITIVE, "Vaccines prevent disease." },
    { POSITIVE, "The fever is down." },
};

static const struct kind_text figures[] = {
    { POSITIVE, "Net loss narrowed to 2 million dollars." },
    { POSITIVE, "Unemployment fell for the third month." },
    { NEGATIVE, "Unemployment rose sharply." },
    { POSITIVE, "Revenue grew by 12 percent." },
    { NEGATIVE, "Sales dropped in the second quarter." },
    { NEGATIVE, "Losses widened in March." },
    { POSITIVE, "Crime dropped by half." },
    { NEGATIVE, "Rents are up again." },
    { POSITIVE, "Margins improved." },
    { NEGATIVE, "Their debt doubled." },
    { POSITIVE, "Costs fell by 5 %." },
    { NEGATIVE, "Exports declined." },
    { POSITIVE, "Emissions were cut by a third." },
    { NEGATIVE, "Profits slumped to 40 million." },
    { POSITIVE, "Fewer complaints than last year." },
    { NEGATIVE, "Traffic deaths increased." },
    { POSITIVE, "The deficit shrank." },
    { POSITIVE, "Operating profit rose to EUR 13.1 mn from EUR 8.7 mn." },
    { NEGATIVE, "Turnover decreased to EUR 31 mn from EUR 44 mn." },
};

static const struct kind_text wishes[] = {
    { NEGATIVE | NEUTRAL, "Please fix the login page." },
    { NEGATIVE | NEUTRAL, "Please add a better search." },
    { NEGATIVE | NEUTRAL, "I wish the seats were more comfortable." },
    { NEGATIVE | NEUTRAL, "I expected better food for that price." },
    { NEGATIVE | NEUTRAL, "We were hoping for a nicer view." },
    { NEGATIVE | NEUTRAL, "It claims to be the safest lock." },
    { NEGATIVE | NEUTRAL, "The coat was supposed to be warm." },
    { NEGATIVE | NEUTRAL, "It worked fine until the last update." },
    { NEGATIVE | NEUTRAL, "The previous model was better." },
    { NEGATIVE | NEUTRAL, "The menu could be better." },
    { NEGATIVE | NEUTRAL, "It should be easy." },
    { NEGATIVE | NEUTRAL, "Kindly send me a good copy." },
    { NEGATIVE | NEUTRAL, "The service needs improvement." },
    { NEGATIVE | NEUTRAL, "There is room for improvement." },
    { NEGATIVE | NEUTRAL, "If only it were quieter." },
    { NEGATIVE | NEUTRAL, "It would have been nice to get an answer." },
    { NEGATIVE | NEUTRAL, "This used to be a great bar." },
    { NEGATIVE | NEUTRAL, "Please help, my account is locked." },
    { NEGATIVE, "That is not acceptable." },
    { NEGATIVE | NEUTRAL, "If it were faster, I would like it." },
    { NEGATIVE | NEUTRAL, "They ought to do better." },
};

static const struct kind_text questions[] = {
    { POSITIVE, "Isn't she lovely?" },
    { POSITIVE, "Don't you love this song?" },
    { POSITIVE, "Who doesn't like chocolate?" },
    { POSITIVE, "What's not to like?" },
    { NEGATIVE, "Isn't this ridiculous?" },
    { NEGATIVE, "Why would anybody pay for that?" },
    { NEGATIVE, "Are you kidding me?" },
    { NEGATIVE, "How could they be so careless?" },
    { NEGATIVE, "Could it be any slower?" },
    { POSITIVE, "How cool is that?" },
    { NEUTRAL, "Is the pool clean?" },
    { NEUTRAL, "Can anyone recommend a good dentist?" },
    { NEUTRAL, "Does it work well with Linux?" },
    { NEUTRAL, "Which of the two is better?" },
    { NEUTRAL, "What is the best time to visit?" },
    { NEUTRAL, "Are the beaches safe for children?" },
    { NEUTRAL, "Has anyone had problems with the battery?" },
    { NEUTRAL, "Do you know a nice place near the station?" },
    { NEGATIVE, "Why is it always so slow?" },
};

static const struct kind_text ratings[] = {
    { POSITIVE, "9/10" },
    { POSITIVE, "A solid 8/10 from me." },
    { NEGATIVE, "2/10, avoid." },
    { NEGATIVE, "0/10 do not buy" },
    { POSITIVE, "5 out of 5 stars" },
    { NEGATIVE, "1 out of 5 stars" },
    { NEGATIVE, "One star." },
    { POSITIVE, "Four stars!" },
    { POSITIVE, "\xE2\x98\x85\xE2\x98\x85\xE2\x98\x85\xE2\x98\x85\xE2\x98\x85" },
    { NEGATIVE, "\xE2\x98\x85\xE2\x98\x85\xE2\x98\x86\xE2\x98\x86\xE2\x98\x86" },
    { NEGATIVE, "0% fresh" },
    { POSITIVE, "Grade: A+" },
    { NEGATIVE, "I give it an F." },
    { NEGATIVE, "My grade: D-" },
    { POSITIVE, "I rate it 4.5 / 5." },
    { NEGATIVE, "3 out of 10" },
    { POSITIVE, "10 out of 10, would stay again." },
    { POSITIVE, "Two thumbs up." },
    { NEGATIVE, "Thumbs down." },
    { NEUTRAL, "The meeting is on 4/5." },
};

static const struct kind_text irony[] = {
    { NEGATIVE, "What a lovely surprise /s" },
    { NEGATIVE, "\"Fresh\" fish." },
    { NEGATIVE, "Their so-called experts." },
    { NEGATIVE, "Thanks for ruining my weekend." },
    { NEGATIVE, "Oh wonderful, the train is cancelled." },
    { NEGATIVE, "Great, another delay." },
    { NEGATIVE, "Just what I wanted, more bugs." },
    { NEGATIVE, "Nice job breaking the build." },
    { NEGATIVE, "Thank you for wasting my time." },
    { NEGATIVE, "Oh joy, homework again." },
    { NEGATIVE, "Yeah, right." },
    { NEGATIVE, "So much for quality." },
    { NEGATIVE, "Good luck getting a refund." },
    { NEGATIVE, "Way to go, you lost my luggage." },
    { NEGATIVE, "How nice of them to charge me twice." },
    { NEGATIVE, "The \"luxury\" suite smelled of mould." },
    { NEGATIVE, "Exactly what I needed today, a flat tyre." },
    { NEGATIVE, "Perfect, it crashed again." },
};

static const struct kind_text facts[] = {
    { NEUTRAL, "She denies fever and cough." },
    { NEUTRAL, "The biopsy was negative." },
    { NEUTRAL, "The patient has a history of asthma." },
    { NEUTRAL, "No evidence of fracture." },
    { NEUTRAL, "The patient was admitted with acute abdominal pain." },
    { NEUTRAL, "Side effects may include nausea." },
    { NEUTRAL, "The defendant pleaded not guilty." },
    { NEUTRAL, "The court dismissed the appeal." },
    { NEUTRAL, "The plaintiff seeks damages." },
    { NEUTRAL, "The seller shall not be liable for damages." },
    { NEUTRAL, "We watched Kill Bill on Sunday." },
    { NEUTRAL, "The office is next to Victory Square." },
    { NEUTRAL, "He wrote the parser in Rust." },
    { NEUTRAL, "The number 9 goes to Hope Street." },
    { NEUTRAL, "Tests for malaria were negative." },
    { NEUTRAL, "The jury heard the case on Monday." },
    { NEUTRAL, "My daughters Grace and Joy live in Leeds." },
    { NEUTRAL, "United beat City 2-1." },
    { NEUTRAL, "Spain lost to Italy 3-0." },
};

static const struct kind_text courtesy[] = {
    { NEUTRAL, "Good morning, the train leaves at nine." },
    { NEUTRAL, "Dear Mr. Smith," },
    { NEUTRAL, "Best regards, Anna" },
    { NEUTRAL, "Thank you for your email." },
    { NEUTRAL, "Thanks in advance." },
    { NEUTRAL, "I hope this email finds you well." },
    { NEUTRAL, "Looking forward to hearing from you." },
    { NEUTRAL, "Please find the invoice attached." },
    { NEUTRAL, "Have a nice day." },
    { NEUTRAL, "Kind regards" },
    { NEUTRAL, "Hello, I have a question about my order." },
    { NEUTRAL, "Good evening." },
    { NEUTRAL, "Thank you for contacting us." },
    { NEUTRAL, "Please do not hesitate to call." },
    { NEUTRAL, "Welcome to the meeting." },
};

static const struct kind_text plain[] = {
    { POSITIVE, "No complaints." },
    { POSITIVE, "No issues at all, works as it should." },
    { POSITIVE | NEUTRAL, "Not a bad place." },
    { POSITIVE | NEUTRAL, "It's not bad." },
    { NEGATIVE | NEUTRAL, "I like the colour but not the fabric." },
    { NEGATIVE, "Despite the great reviews, it broke after a week." },
    { NEGATIVE, "Shame about the noise." },
    { NEGATIVE, "What a waste of money." },
    { POSITIVE, "We are thankful for their quick help." },
    { POSITIVE, "It is quieter and cheaper than my old one." },
    { NEGATIVE, "It is slower and heavier than before." },
    { POSITIVE, "Less stress and more time." },
    { NEGATIVE, "The app keeps crashing." },
    { NEGATIVE, "I still can't log in." },
    { NEGATIVE, "My parcel has not arrived." },
    { POSITIVE, "Nothing to complain about." },
    { POSITIVE, "Not a single complaint." },
    { POSITIVE, "I don't regret it." },
};

static void judge(const struct kind_text *texts, size_t n, size_t most_wrong)
{
    size_t wrong = 0;

    for (size_t i = 0; i < n; i++) {
        double said = score(texts[i].text);
        enum sentiment_label label = score_label((float)said, -0.05f, 0.05f);
        if (texts[i].labels >> label & 1)
            continue;
        wrong++;
        print_error("%+.2f %s\n", said, texts[i].text);
    }
    assert_in_range(wrong, 0, most_wrong);
}

#define KIND(name, most_wrong) \
    static void name##_are_read(void **state) \
    { \
        (void)state; \
        judge(name, sizeof name / sizeof name[0], most_wrong); \
    }

KIND(negated_comparatives, 1)
KIND(enough, 1)
KIND(without, 1)
KIND(ends, 1)
KIND(figures, 1)
KIND(wishes, 1)
KIND(questions, 1)
KIND(ratings, 1)
KIND(irony, 1)
KIND(facts, 1)
KIND(courtesy, 1)
KIND(plain, 1)

/* ---- What a text is about ---------------------------------------------------------------------------------------------- */

static const char *const finance[] = {
    "Net sales rose to EUR 31 mn in the third quarter.",
    "The company will pay a dividend of 20 cents a share.",
    "Operating profit was $4.2 million, compared to $3.9 million a year earlier.",
    "Shares fell 3 percent after the earnings report.",
    "The subsidiary's revenue doubled.",
    "Analysts expect earnings per share of 1.12 dollars.",
    "The group acquired a stake in the Swedish supplier.",
    "EBITDA margin improved to 14 percent.",
    "The merger will be completed in the fourth quarter.",
    "Investors sold bonds as yields climbed.",
    "Turnover decreased by 8 percent.",
    "The bank raised new capital from its shareholders.",
    "Orders and shipments were lower than last quarter.",
    "Guidance for the fiscal year was left unchanged.",
    "The order is worth some EUR 2 mn.",
};

static const char *const support[] = {
    "I can't log in to my account.",
    "Please reset my password.",
    "The app crashes after the last update.",
    "My order has not been delivered, I want a refund.",
    "I get an error when I install the driver for my printer.",
    "How do I cancel my subscription?",
    "The tracking number of my package does not work.",
    "I did not get the verification email.",
    "The website shows an error at payment.",
    "My account was charged twice for one order.",
    "I need help with the settings of my router.",
    "Please open a ticket for this issue.",
    "The download stops and the app has to be restarted; restart doesn't help.",
    "My username and password are not accepted.",
    "I want to return the device under warranty.",
};

static const char *const neither[] = {
    "What a lovely evening by the sea.",
    "The film has charm, wit and a great cast.",
    "He was elected mayor in 1994.",
    "My sister is learning the violin.",
    "The senator spoke about schools and roads.",
    "I love this pan, it heats evenly.",
    "It rained all day.",
    "The band played until midnight.",
    "She teaches history at a small college.",
    "Two people were hurt in the fire.",
    "The soup was cold and the waiter rude.",
    "Our team lost in the last minute.",
    "The novel is set in Lisbon.",
    "Happy birthday, my dear friend!",
    "The battery lasts for two days.",
};

static void expect_field(const char *const *texts, size_t n, enum field field)
{
    size_t wrong = 0;

    for (size_t i = 0; i < n; i++) {
        enum field found = read_text(texts[i]).output.field;
        if (found == field)
            continue;
        wrong++;
        print_error("%d: %s\n", (int)found, texts[i]);
    }
    assert_in_range(wrong, 0, 1);
}

static void what_a_text_is_about_is_guessed(void **state)
{
    (void)state;
    expect_field(finance, sizeof finance / sizeof finance[0], FIELD_FINANCE);
    expect_field(support, sizeof support / sizeof support[0], FIELD_SUPPORT);
    expect_field(neither, sizeof neither / sizeof neither[0], FIELD_NONE);
}

#define MOST_ASPECTS_WRONG 3

/* Two names a text, with what is said of each. */
static const struct {
    const char *first, *second;
    unsigned labels[2];
    const char *text;
} aspects[] = {
    { "Acme", "Bolt", { POSITIVE, NEGATIVE }, "Acme was praised by the judges, while Bolt was sued for fraud." },
    { "Nordwind",
      "Sudair",
      { NEGATIVE, POSITIVE },
      "Nordwind lost everyone's luggage, but Sudair staff were wonderful." },
    { "Keller",
      "Brandt",
      { POSITIVE, NEGATIVE },
      "Keller wrote a brilliant report, whereas Brandt made terrible mistakes." },
    { "Harlow", "Pinewood", { NEGATIVE, POSITIVE }, "Although Harlow was rude and slow, Pinewood impressed us all." },
    { "Lindqvist",
      "Moreau",
      { POSITIVE, NEGATIVE },
      "Lindqvist, an excellent surgeon, replaced Moreau, a disgraced fraud." },
    { "Tarkin", "Solene", { NEGATIVE, POSITIVE }, "Critics hated Tarkin but loved Solene." },
    { "Mayfield", "Crane", { POSITIVE, NEGATIVE }, "Mayfield is generous; Crane is a liar." },
    { "Rossi", "Duarte", { NEGATIVE, POSITIVE }, "Rossi was booed by angry fans, and Duarte was cheered." },
    { "Zenith", "Apex", { POSITIVE, NEGATIVE }, "I love Zenith, but I hate Apex." },
    { "Hilltop", "Riverside", { POSITIVE, NEGATIVE }, "Hilltop is much better than Riverside." },
    { "Juno", "Lyra", { POSITIVE, NEGATIVE }, "The battery of Juno is great, the camera of Lyra is horrible." },
    { "Slater", "Ingram", { NEGATIVE, POSITIVE }, "Slater's speech was boring, though Ingram's was inspiring." },
    { "Marlowe",
      "Quist",
      { NEGATIVE, POSITIVE },
      "The mayor attacked Marlowe as corrupt and thanked Quist for her honesty." },
    { "Brightline",
      "Coastrail",
      { POSITIVE, NEGATIVE },
      "Brightline won an award for its excellent service, yet Coastrail failed its safety test." },
    { "Ashdown",
      "Carver",
      { NEGATIVE, POSITIVE },
      "We were disappointed by Ashdown, unlike by Carver, which was superb." },
    { "Stanmore",
      "Wexford",
      { NEGATIVE, POSITIVE },
      "I wouldn't recommend Stanmore to anyone, but Wexford is lovely." },
    { "Kessler",
      "Ames",
      { NEGATIVE, POSITIVE },
      "Kessler was fired for stealing; Ames was promoted for her good work." },
    { "Gable", "Norris", { NEGATIVE, POSITIVE }, "Gable did a terrible job and Norris did a great one." },
    { "Sorrel", "Pike", { POSITIVE, NEGATIVE }, "Sorrel saved the dog that Pike had abandoned." },
    { "Delia", "Conrad", { POSITIVE, NEGATIVE }, "My sister loves Delia and my brother despises Conrad." },
    { "Danvers",
      "Whitlock",
      { NEGATIVE, POSITIVE },
      "Danvers, who ruined the company, was followed by Whitlock, who saved it." },
    { "Petrov", "Okafor", { POSITIVE, NEGATIVE }, "Unlike the honest Petrov, Okafor cheated his clients." },
    { "Vienna", "Tuesday", { NEUTRAL, NEUTRAL }, "The delegates met in Vienna on Tuesday." },
};

static void what_is_said_of_each_name_is_told_apart(void **state)
{
    size_t wrong = 0;

    (void)state;
    for (size_t i = 0; i < sizeof aspects / sizeof aspects[0]; i++) {
        const char *text = aspects[i].text, *names[2] = { aspects[i].first, aspects[i].second };
        struct sentiment_input input = input_of(text, strlen(text));
        struct textd_span entities[2];
        for (int k = 0; k < 2; k++) {
            uint32_t start = (uint32_t)(strstr(text, names[k]) - text);
            entities[k] = (struct textd_span) { start, start + (uint32_t)strlen(names[k]) };
        }
        input.entities = entities;
        input.n_entities = 2;
        struct read_text r = read_input(&input);
        for (int k = 0; k < 2; k++) {
            float score = score_of(&sentiment_model, &entity_verdicts[k], r.output.genres);
            if (aspects[i].labels[k] >> score_label(score, -0.05f, 0.05f) & 1)
                continue;
            wrong++;
            print_error("%s %.2f: %s\n", names[k], (double)score, text);
        }
    }
    assert_in_range(wrong, 0, MOST_ASPECTS_WRONG);
}

static void balance_makes_more_and_less_of_neutral(void **state)
{
    const char *text = "The meeting was useful.";
    struct sentiment_input input = input_of(text, strlen(text));

    (void)state;
    input.balance = -1;
    double hardly = (double)read_input(&input).score;
    input.balance = 1;
    double readily = (double)read_input(&input).score;
    assert_true(hardly > readily);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(negated_comparatives_are_read),
        cmocka_unit_test(enough_are_read),
        cmocka_unit_test(without_are_read),
        cmocka_unit_test(ends_are_read),
        cmocka_unit_test(figures_are_read),
        cmocka_unit_test(wishes_are_read),
        cmocka_unit_test(questions_are_read),
        cmocka_unit_test(ratings_are_read),
        cmocka_unit_test(irony_are_read),
        cmocka_unit_test(facts_are_read),
        cmocka_unit_test(courtesy_are_read),
        cmocka_unit_test(plain_are_read),
        cmocka_unit_test(what_a_text_is_about_is_guessed),
        cmocka_unit_test(what_is_said_of_each_name_is_told_apart),
        cmocka_unit_test(balance_makes_more_and_less_of_neutral),
    };

    return cmocka_run_group_tests(tests, load_models, NULL);
}
