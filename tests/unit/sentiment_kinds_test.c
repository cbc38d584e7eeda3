/* sentiment_kinds_test.c: sentences that say something else than the sum of their words, by kind, with the labels
 * that people would give. Of each kind nearly all must be right: each is of words of its own, none is there to be
 * learned by heart. */
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
    { POSITIVE, "I've yet to find a better bakery." },
    { NEGATIVE, "I doubt there is a worse hotel anywhere." },
    { POSITIVE, "We could not have chosen a better school." },
    { NEGATIVE, "It couldn't have been handled worse." },
    { POSITIVE, "No one makes a finer espresso." },
    { NEGATIVE, "Rarely have I read such a poor novel." },
    { POSITIVE, "There isn't a nicer beach on the whole coast." },
    { NEGATIVE, "I have not met a ruder receptionist in my life." },
    { POSITIVE, "The view doesn't get any prettier than this." },
    { NEGATIVE, "Nothing could be more annoying than this menu." },
    { POSITIVE, "You won't find a friendlier team." },
    { POSITIVE, "It has never run smoother." },
    { NEGATIVE, "The new seats are no better than the old ones." },
    { POSITIVE, "My back has never felt better." },
    { NEGATIVE, "This is hardly an improvement." },
    { POSITIVE, "I have rarely enjoyed a meal more." },
    { NEGATIVE, "I've hardly ever felt so let down." },
    { POSITIVE, "They could not have been more patient." },
    { NEGATIVE, "It was anything but relaxing." },
    { POSITIVE, "You will not regret it." },
    { NEGATIVE, "Not a single thing worked." },
    { POSITIVE, "There's no place I would rather stay." },
    { NEGATIVE, "This is far from the best version." },
    { POSITIVE, "Few singers can match her." },
    { NEGATIVE, "I have seldom met such an arrogant man." },
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
    { POSITIVE, "I can't stress enough how helpful they were." },
    { POSITIVE, "We can't thank Maria enough for her kindness." },
    { POSITIVE, "You simply cannot overpraise this orchestra." },
    { POSITIVE, "My son cannot get enough of the slide." },
    { POSITIVE, "Words cannot express how grateful we are." },
    { POSITIVE, "I can't say a bad word about them." },
    { POSITIVE, "You can't ask for more at this price." },
    { POSITIVE, "I couldn't be more impressed with the repair." },
    { POSITIVE, "I can't help but smile when I use it." },
    { NEGATIVE, "I can't complain enough about this airline." },
    { POSITIVE, "Can't fault it at all." },
    { POSITIVE, "I can't wait for the next season." },
    { POSITIVE, "I cannot thank the driver enough." },
    { POSITIVE, "I can't overstate how useful it is." },
    { POSITIVE, "You can never have enough of these biscuits." },
    { NEGATIVE, "I can't stand the noise." },
    { POSITIVE, "We can't wait to see it again." },
    { POSITIVE, "Cannot praise the crew highly enough." },
    { NEGATIVE, "I can't believe how bad it tastes." },
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
    { POSITIVE, "Without question, this is her finest album." },
    { POSITIVE, "The installation went without a glitch." },
    { POSITIVE, "I'd hire them again without a second thought." },
    { NEGATIVE, "They cancelled my booking without notice." },
    { NEGATIVE, "He left without a word of thanks." },
    { POSITIVE, "Everything arrived without a scratch." },
    { POSITIVE, "The transfer was done without any trouble." },
    { NEGATIVE, "The room was without heating and without charm." },
    { POSITIVE, "She is, without exaggeration, a genius." },
    { POSITIVE, "It does the job without fuss." },
    { POSITIVE, "Without exception the staff were lovely." },
    { POSITIVE, "It worked without a problem." },
    { NEGATIVE, "They raised the price without telling us." },
    { POSITIVE, "I can recommend it without reservation." },
    { POSITIVE, "Hands down the nicest park in town." },
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
    { POSITIVE, "The squeaking noise has finally gone." },
    { POSITIVE, "After the update the lag is history." },
    { POSITIVE, "My rash cleared up within days." },
    { POSITIVE, "The leak has been sealed." },
    { POSITIVE, "The dispute was settled out of court to everyone's relief." },
    { POSITIVE, "No more sleepless nights." },
    { POSITIVE, "They sorted out my billing issue in minutes." },
    { POSITIVE, "The crashes have stopped since version 3." },
    { POSITIVE, "The siege is over and the town is safe." },
    { POSITIVE, "I am free of pain at last." },
    { NEGATIVE, "The issue remains unresolved." },
    { NEGATIVE, "The bug is back." },
    { NEGATIVE, "They still haven't fixed the heating." },
    { POSITIVE, "The fever broke overnight." },
    { POSITIVE, "It took the stain out completely." },
    { POSITIVE, "The mould is gone for good." },
    { POSITIVE, "Her headaches vanished." },
    { POSITIVE, "The outage has been resolved." },
    { POSITIVE, "The strike ended on Friday." },
    { POSITIVE, "It got rid of my acne." },
    { NEGATIVE, "The leak came back after a week." },
    { POSITIVE, "The error no longer appears." },
    { NEGATIVE, "The app no longer works." },
    { POSITIVE, "We are debt free at last." },
    { POSITIVE, "The pain eased after two days." },
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
    { POSITIVE, "Crime fell by a fifth last year." },
    { NEGATIVE, "Unemployment climbed to nine per cent." },
    { POSITIVE, "Net debt was reduced to EUR 40 million." },
    { NEGATIVE, "Net sales decreased to EUR 12 million from EUR 15 million." },
    { POSITIVE, "Operating profit rose to EUR 8.1 mn from EUR 6.2 mn." },
    { NEGATIVE, "Pretax loss widened to $3 million." },
    { POSITIVE, "Pretax loss shrank to $1 million." },
    { NEGATIVE, "Deliveries slumped in the third quarter." },
    { POSITIVE, "Waiting times have been cut in half." },
    { NEGATIVE, "Complaints have doubled since spring." },
    { POSITIVE, "There are fewer potholes now." },
    { NEGATIVE, "There is less joy in the game these days." },
    { POSITIVE, "Infant mortality dropped sharply." },
    { NEGATIVE, "Wages shrank for the third year." },
    { POSITIVE, "Exports hit a record high." },
    { NEGATIVE, "Jobless claims rose last week." },
    { POSITIVE, "Inflation eased to two per cent." },
    { NEGATIVE, "The deficit widened." },
    { POSITIVE, "Road deaths fell to a record low." },
    { NEGATIVE, "Revenue slid 8 % in May." },
    { POSITIVE, "Customer numbers are up 12 %." },
    { NEGATIVE, "Costs went up again." },
    { POSITIVE, "The company cut its losses." },
    { NEGATIVE, "Profit halved." },
    { POSITIVE, "Errors are down by a third." },
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
    { NEGATIVE, "I wish the sound were clearer." },
    { NEUTRAL | NEGATIVE, "It would be great if it had a timer." },
    { NEGATIVE, "If only the staff were friendlier." },
    { NEGATIVE, "I was hoping for something better." },
    { NEGATIVE, "It should have been fantastic." },
    { NEUTRAL, "If it rains, the match will be moved." },
    { NEGATIVE, "They could have at least apologised." },
    { NEGATIVE, "It was supposed to be waterproof." },
    { NEUTRAL, "Should the alarm fail, call the desk." },
    { NEGATIVE, "We expected more from a five-star hotel." },
    { NEUTRAL, "If you are happy with the draft, sign below." },
    { NEUTRAL, "It might be nice in summer." },
    { NEUTRAL, "Please send me the invoice for March." },
    { NEUTRAL, "Could you please reset my password?" },
    { NEUTRAL, "Can someone tell me how to export the file?" },
    { NEUTRAL | NEGATIVE, "Please help, I cannot log in." },
    { NEUTRAL | NEGATIVE, "Kindly fix the broken link on page 3." },
    { NEUTRAL, "Let me know when the parts arrive." },
    { NEUTRAL, "I would like to change my delivery address." },
    { NEUTRAL, "Would it be possible to move the meeting?" },
    { NEUTRAL | NEGATIVE, "Please remove my account." },
    { NEUTRAL, "Could you confirm that the refund was made?" },
    { NEGATIVE, "I wish it had a longer cord." },
    { NEUTRAL | NEGATIVE, "Would be nice to have a dark mode." },
    { NEGATIVE, "The soup could have been hotter." },
    { NEGATIVE, "It would have been better with subtitles." },
    { NEUTRAL, "Were it free, more people would go." },
    { NEUTRAL, "If the offer is good, we will take it." },
    { NEGATIVE, "Should have read the reviews first." },
    { NEUTRAL, "Please update my phone number." },
    { NEUTRAL, "Could somebody call me back tomorrow?" },
    { NEUTRAL | NEGATIVE, "I need help with my order." },
    { NEUTRAL, "Please find the report attached." },
    { NEUTRAL, "Can you check whether the parcel left Hull?" },
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
    { NEUTRAL, "Is the battery any good?" },
    { NEUTRAL, "Does anyone know if the museum is worth it?" },
    { NEUTRAL, "How bad is the traffic at eight?" },
    { NEUTRAL, "Was the concert good?" },
    { NEUTRAL, "Do you like jazz?" },
    { NEUTRAL, "Which one is better for beginners?" },
    { NEUTRAL, "Are the beds comfortable?" },
    { NEUTRAL, "Is it safe to walk there at night?" },
    { NEUTRAL, "Did he win?" },
    { NEUTRAL, "What is the best way to the airport?" },
    { POSITIVE, "Isn't she wonderful?" },
    { NEGATIVE, "Why would anyone pay for this?" },
    { NEGATIVE, "How hard can it be to answer a phone?" },
    { POSITIVE, "Who doesn't love fresh strawberries?" },
    { NEGATIVE, "What were they thinking?" },
    { NEGATIVE, "Are you kidding me?" },
    { POSITIVE, "How great is that?" },
    { NEGATIVE, "Is this a joke?" },
    { POSITIVE, "What's not to like?" },
    { NEGATIVE, "Why does it always break on Mondays?" },
    { NEGATIVE, "Don't they test anything?" },
    { POSITIVE, "Could it be any cuter?" },
    { NEUTRAL, "Is it any good?" },
    { NEUTRAL, "Are the waiters friendly?" },
    { NEUTRAL, "When does the happy hour start?" },
    { NEUTRAL, "Has anyone had problems with this model?" },
    { NEGATIVE, "Seriously, who designed this?" },
    { NEGATIVE, "Why is it so slow?" },
    { POSITIVE, "How cute is this puppy?" },
    { NEGATIVE, "Do they even read our mails?" },
    { NEGATIVE, "What is wrong with these people?" },
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
    { NEGATIVE, "Two out of ten." },
    { POSITIVE, "9.5/10 from me." },
    { NEGATIVE, "1 star." },
    { POSITIVE, "Five stars all the way." },
    { POSITIVE, "Grade: A-." },
    { NEGATIVE, "I give it a D." },
    { NEGATIVE, "★☆☆☆☆" },
    { POSITIVE, "★★★★★" },
    { POSITIVE, "A solid 8 out of 10." },
    { NEGATIVE, "0/10, would not repeat." },
    { NEGATIVE, "Half a star is too much." },
    { POSITIVE, "Full marks to the kitchen." },
    { POSITIVE, "10/10 would visit again." },
    { NEGATIVE, "My score: 3/10." },
    { POSITIVE, "Rated 4.8 of 5 by guests." },
    { POSITIVE, "4.5 stars out of 5." },
    { NEGATIVE, "2/10" },
    { NEGATIVE, "One star, and only because zero is not possible." },
    { POSITIVE, "A+ service." },
    { NEGATIVE, "This gets an F." },
    { NEUTRAL, "3 out of 5 stars." },
    { POSITIVE, "Easily 9 out of 10." },
    { NEGATIVE, "1.5/5 stars." },
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
    { NEGATIVE, "Oh great, another delay." },
    { NEGATIVE, "Thanks for losing my bag, again." },
    { NEGATIVE, "The \"expert\" could not find the plug." },
    { NEGATIVE, "Lovely weather we're having /s" },
    { NEGATIVE, "Well done, you deleted everything." },
    { NEGATIVE, "Just what I needed, a flat tyre." },
    { NEGATIVE, "Wow, what a surprise, it broke again." },
    { NEGATIVE, "Great, the app crashed." },
    { NEGATIVE, "So much for \"unbreakable\"." },
    { NEGATIVE, "Nice job ruining the ending." },
    { NEGATIVE, "What a fantastic way to waste three hours." },
    { NEGATIVE, "Thanks a lot for nothing." },
    { NEGATIVE, "Great, thanks for nothing." },
    { NEGATIVE, "Yeah, right, \"luxury\" rooms." },
    { NEGATIVE, "I just love waiting two hours on hold." },
    { NEGATIVE, "Another Monday, another broken printer. Wonderful." },
    { NEGATIVE, "Best support ever /s" },
    { NEGATIVE, "How nice of them to cancel my flight." },
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
    { NEUTRAL, "The patient denies nausea and vomiting." },
    { NEUTRAL, "No evidence of fracture." },
    { NEUTRAL, "He was charged with two counts of theft." },
    { NEUTRAL, "The court dismissed the appeal." },
    { NEUTRAL, "Chest X-ray shows no acute disease." },
    { NEUTRAL, "The defendant pleaded not guilty." },
    { NEUTRAL, "History of hypertension and diabetes." },
    { NEUTRAL, "The lesion measures 4 mm." },
    { NEUTRAL | NEGATIVE, "She was sentenced to two years in prison." },
    { NEUTRAL, "Blood cultures were negative." },
    { NEUTRAL, "The test came back positive for strep." },
    { NEUTRAL, "Patient reports mild headache for two days." },
    { NEUTRAL, "The tumour was benign on biopsy." },
    { NEUTRAL, "The plaintiff filed a complaint on 3 May." },
    { NEUTRAL, "Denies chest pain or shortness of breath." },
    { NEUTRAL, "Pupils equal and reactive to light." },
    { NEUTRAL, "He was found guilty on one count." },
    { NEUTRAL, "The patient has a family history of cancer." },
    { NEUTRAL, "The jury returned a verdict on Monday." },
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
    { NEUTRAL, "Dear Sir or Madam," },
    { NEUTRAL, "Kind regards, Anna" },
    { NEUTRAL, "Good morning everyone, the call starts at ten." },
    { NEUTRAL, "Thank you in advance." },
    { NEUTRAL, "Hope you are well." },
    { NEUTRAL, "Have a nice weekend." },
    { NEUTRAL, "Thanks, Tom" },
    { NEUTRAL, "Best wishes from Oslo." },
    { NEUTRAL, "Looking forward to your reply." },
    { NEUTRAL, "Nice to meet you." },
    { NEUTRAL, "Sincerely yours, P. Hall" },
    { NEUTRAL, "Welcome to the weekly update." },
    { NEUTRAL, "Many thanks, Lisa" },
    { NEUTRAL, "Yours faithfully, J. Brown" },
    { NEUTRAL, "Good evening, ladies and gentlemen." },
    { NEUTRAL, "Happy Monday, team." },
    { NEUTRAL, "Please let me know if you have questions." },
    { NEUTRAL, "Thank you for your email." },
};

static const struct kind_text titles[] = {
    { NEUTRAL, "We watched Kill Bill on Friday." },
    { NEUTRAL, "The War Memorial opens at nine." },
    { NEUTRAL, "She rewrote the parser in Rust." },
    { NEUTRAL, "They live in Hope, near Paradise Road." },
    { NEUTRAL, "He works for Best Western in Leeds." },
    { NEUTRAL, "The Great Depression began in 1929." },
    { NEUTRAL, "I am reading Crime and Punishment." },
    { NEUTRAL, "The train stops at Good Hope Station." },
    { NEUTRAL, "Grace and Joy are my cousins." },
    { NEUTRAL, "The Pain Clinic is on the second floor." },
    { NEUTRAL, "My copy of Les Misérables is in the car." },
    { NEUTRAL, "Happy Meal boxes are printed in Ohio." },
    { NEUTRAL, "They filmed Breaking Bad in Albuquerque." },
    { NEUTRAL, "Angry Birds was released in 2009." },
    { NEUTRAL, "The Killers play in Dublin on Monday." },
    { NEUTRAL, "Dr. Strange works at Mercy Hospital." },
    { NEUTRAL, "We saw Les Misérables in London." },
    { NEUTRAL, "The Dark Knight starts at eight." },
    { NEUTRAL, "The Peace Corps sent two people." },
    { NEUTRAL, "I use Slack and Zoom." },
    { NEUTRAL, "They met at Love Field in Dallas." },
    { NEGATIVE, "The Happy Meal was cold and disgusting." },
    { POSITIVE, "I loved Kill Bill." },
};

static const struct kind_text sports[] = {
    { NEUTRAL, "Leeds beat Hull 3-1." },
    { NEUTRAL, "The Lakers lost to Boston 101-98." },
    { NEUTRAL, "Germany defeated Spain in the semi-final." },
    { NEUTRAL, "Arsenal drew 2-2 with Fulham." },
    { NEUTRAL, "Nadal beat Murray 6-4, 6-3." },
    { NEUTRAL, "The Bears fell 21-14 to the Packers." },
    { NEUTRAL, "Brazil were knocked out by Croatia on penalties." },
    { NEUTRAL, "Smith scored twice as Rovers won 4-0." },
    { NEUTRAL, "The champion lost in straight sets." },
    { NEUTRAL, "City won the second leg 1-0." },
    { NEUTRAL, "Spain 2, Italy 1." },
    { NEUTRAL, "United beat City 2-0 on Sunday." },
    { NEUTRAL, "Williams lost 6-3, 6-4 to Osaka." },
    { NEUTRAL, "The Reds won by three wickets." },
    { NEUTRAL, "France were beaten 3-2 in extra time." },
    { NEUTRAL, "Chelsea lost at home to Leeds." },
    { NEUTRAL, "The match ended level after extra time." },
    { NEUTRAL, "Norwich won the toss and batted first." },
    { POSITIVE, "What a brilliant goal, I loved every minute!" },
    { NEUTRAL, "The Hawks beat the Bulls 99-87." },
    { NEUTRAL, "Barcelona lost 2-1 away to Sevilla." },
};

static const struct kind_text contrasts[] = {
    { NEGATIVE, "Beautiful hotel, shame about the staff." },
    { NEGATIVE, "Lovely food, pity the service took two hours." },
    { POSITIVE, "Despite the rain we had a wonderful day." },
    { NEGATIVE, "The acting is fine; the plot is a mess." },
    { POSITIVE, "Although small, the room was spotless and cosy." },
    { NEGATIVE, "For all its beauty, the film is boring." },
    { NEGATIVE, "Nice design, terrible battery." },
    { POSITIVE, "It looks ugly. It works brilliantly, though." },
    { NEGATIVE, "In spite of great reviews, the play was dull." },
    { NEGATIVE, "Aside from the pretty cover, the book is awful." },
    { POSITIVE, "Expensive, yet worth every cent." },
    { NEGATIVE, "Charming at first, unbearable in the end." },
    { NEGATIVE, "Great location. Pity about the smell." },
    { POSITIVE, "While not cheap, it is superb." },
    { NEGATIVE, "Even though the cast is brilliant, the film drags badly." },
    { POSITIVE, "Yes, it is heavy, yet I adore it." },
    { NEGATIVE, "Pretty to look at, awful to use." },
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
KIND(figures, 2)
KIND(wishes, 2)
KIND(questions, 2)
KIND(ratings, 1)
KIND(irony, 1)
KIND(facts, 1)
KIND(courtesy, 3)
KIND(titles, 4)
KIND(sports, 2)
KIND(contrasts, 1)
KIND(plain, 1)

/* ---- What a text is about
 * ---------------------------------------------------------------------------------------------- */

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

static void a_post_means_its_greetings(void **state)
{
    (void)state;
    assert_true(score("Have a nice weekend.") < 0.05);
    assert_true(score("@anna Have a nice weekend.") > 0.05);
    assert_true(score("Have a nice weekend. #friday") > 0.05);
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
        cmocka_unit_test(titles_are_read),
        cmocka_unit_test(sports_are_read),
        cmocka_unit_test(contrasts_are_read),
        cmocka_unit_test(plain_are_read),
        cmocka_unit_test(what_a_text_is_about_is_guessed),
        cmocka_unit_test(what_is_said_of_each_name_is_told_apart),
        cmocka_unit_test(a_post_means_its_greetings),
        cmocka_unit_test(balance_makes_more_and_less_of_neutral),
    };

    return cmocka_run_group_tests(tests, load_models, NULL);
}
