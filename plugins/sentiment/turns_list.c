/* turns_list.c: the turns of phrase, and the lists of words that they are made of. Our own.
 *
 * A pattern's elements stand for a token each: `word|word` one of these, `@name` one of a list's, `<class>` a word of that class (good, bad: by
 * valence; up, down, gain, cost, not, more, less: by role; #: a number; word: any), `!…` none of these. `…?` may be missing, `*3` is up to
 * three tokens of one clause without a negation, `^` and `$` are where a clause starts and ends. A pattern has a word at least that must be there.
 *
 * Then what it says, from -4 to 4, and how: first `+` this; `0` nothing, and neither do its words; `h` the same, as if it were not there; `e` this
 * times what its words of feeling say without the negation; `f` this
 * when the last figure but one is greater than the last, its opposite when it is less. Then what it speaks for: `m` what matched, `r` that and the clause behind it, `c` its
 * clause, `s` the sentence. `!`: a negation or an "if" before it does nothing to it.
 *
 * The first that fits is taken, from left to right: what is special stands before what is general. */
#include "plugins/sentiment/turns.h"

#include <stddef.h>

const struct turn_words turn_words[] = {
    { "counts", "count counts theft fraud murder manslaughter assault robbery burglary perjury arson bribery treason "
                "conspiracy espionage forgery "
                "two three four five six seven eight nine ten one several" },
    { "makes", "makes make made does do did has had serves served sells sold cooks cooked writes wrote plays played "
               "offers offered bakes "
               "brews builds built gives knows tells explains understands runs sings paints teaches fixes deserves" },
    { "be", "is are was were be been being 's 're 'm am isnt wasnt got gets get" },
    { "is", "is are was were 's 're 'm am" },
    { "have", "have has had 've 's" },
    { "not", "not n't never no cannot nobody nothing none hardly nor neither dont doesnt didnt isnt wasnt wont cant "
             "couldnt wouldnt havent hasnt ai" },
    { "n't", "not n't" },
    { "adv", "now finally just all completely totally fully already quickly soon soon immediately promptly entirely "
             "eventually mostly almost "
             "recently instantly really also at last successfully swiftly largely nearly practically since simply "
             "easily well" },
    { "det", "the a an my our your his her their its this that these those all any every some most both" },
    { "more_det", "the a an my our your his her their its this that these those all any every some most both of such "
                  "more much many" },
    { "trouble", "bug bugs error errors issue issues problem problems trouble troubles pain pains ache aches headache "
                 "headaches migraine migraines "
                 "backache toothache nausea dizziness fever cough coughing itch itching itchiness rash rashes acne "
                 "pimples wrinkles dandruff swelling "
                 "inflammation infection infections disease diseases illness cancer tumor tumour tumors depression "
                 "anxiety insomnia stress fatigue "
                 "tiredness allergy allergies symptoms symptom cramps heartburn soreness bloating stain stains smell "
                 "smells odor odors odour odours "
                 "stench mold mould dirt grime dust rust scratches scratch leak leaks leakage crash crashes freezing "
                 "lag lags lagging glitch "
                 "glitches defect defects fault faults failure failures outage outages delay delays flaw flaws hassle "
                 "hassles mess noise noises "
                 "vibration squeak squeaking hum buzzing rattle war wars conflict crisis crises drought famine flood "
                 "flooding epidemic pandemic outbreak "
                 "strike recession siege hostage blackout violence crime crimes accident accidents injury injuries "
                 "death deaths fire fires danger dangers "
                 "threat threats risk risks fear fears worry worries doubt doubts concerns concern confusion waste "
                 "debt debts complaint complaints "
                 "queue queues congestion bottleneck pollution poverty hunger corruption fraud theft thefts spam "
                 "malware virus viruses "
                 "vulnerability vulnerabilities bottlenecks conflicts misunderstanding misunderstandings dispute "
                 "disputes nightmare nightmares "
                 "pest pests mosquitoes cockroaches ants mice rats fleas ticks weeds clutter frizz knots tangles spots "
                 "blemishes hangover "
                 "jetlag bleeding wound wounds bruise bruises burn burns hiccups snoring sneezing panic tension "
                 "tensions obstacle obstacles barrier "
                 "barriers burden burdens grief sadness loneliness sorrow misery suffering agony hostility abuse "
                 "bullying racism discrimination "
                 "shortage shortages backlog blockage clog clogs jam jams overheating drift static interference "
                 "downtime breakdown breakdowns "
                 "lameness limp tremor tremors sting stings tears crying nosebleeds storm storms ban curfew lockdown "
                 "restrictions sanctions "
                 "insects bugs roaches infestation mildew limescale germs bacteria clots ulcers addiction cravings "
                 "craving regression regressions "
                 "pothole potholes inconvenience discrepancy mistake mistakes typo typos damage damages" },
    { "ill", "cancer leukemia leukaemia tumor tumour disease illness addiction malaria covid pneumonia depression "
             "alcoholism infection virus flu "
             "diabetes odds anorexia" },
    { "ended", "fixed solved resolved cured healed gone removed eliminated eradicated relieved over ended vanished "
               "disappeared subsided repaired "
               "patched settled averted avoided prevented defeated overcome conquered contained extinguished "
               "alleviated eased faded stopped "
               "ceased rectified corrected remedied addressed behind history sorted lifted banished forgotten "
               "dispelled mended handled quelled "
               "cleared soothed calmed sealed plugged stemmed" },
    { "end",
      "fix fixes fixed fixing solve solves solved solving resolve resolves resolved resolving remove removes removed "
      "removing cure cures cured "
      "curing heal heals healed healing relieve relieves relieved relieving reduce reduces reduced reducing eliminate "
      "eliminates "
      "eliminated eliminating eradicate eradicates eradicated prevent prevents prevented preventing stop stops stopped "
      "stopping ease "
      "eases eased easing alleviate alleviates alleviated alleviating overcome overcomes overcame avert averts averted "
      "avoid avoids "
      "avoided soothe soothes soothed soothing calm calms calmed lessen lessens lessened minimize minimizes minimized "
      "minimise "
      "minimises minimised mitigate mitigates mitigated repair repairs repaired rectify rectified correct corrects "
      "corrected "
      "remedy remedied clear clears cleared cut cuts halve halves halved lower lowers lowered ended ends banish "
      "banishes tackle tackled "
      "combat combats extinguish extinguished defuse defused quell quelled address addressed addresses sort sorted "
      "erase erases erased "
      "dissolve dissolves dissolved kill kills killed destroy destroys destroyed fight fights fought conquered conquer "
      "lift lifted mend mended decrease decreases decreased curb curbs curbed slash slashed dispel dispelled" },
    { "endbase",
      "fix solve resolve remove cure heal relieve reduce eliminate eradicate prevent stop ease alleviate overcome "
      "avert avoid soothe "
      "lessen minimize minimise mitigate repair rectify correct remedy clear cut lower tackle address sort" },
    { "lessened", "cut reduced lowered slashed halved minimised minimized curbed trimmed" },
    { "went", "went gone goes disappeared vanished subsided faded stopped ceased ended healed cleared eased lifted "
              "disappears vanishes" },
    { "want", "please kindly pls plz hope hopes hoping wish should could would can will must need needs want wants try "
              "tries tried trying "
              "attempt if help 'll 'd might may to? how when unable" },
    { "better",
      "better happier nicer finer tastier smoother prouder kinder friendlier cleaner safer lovelier sweeter easier "
      "healthier "
      "stronger smarter brighter cooler best greatest finest cozier cosier comfier cuter funnier calmer fresher" },
    { "worse", "worse sadder uglier ruder dirtier slower duller angrier sillier lazier dumber messier noisier nastier "
               "crueler weaker "
               "poorer worst dullest rudest ugliest sloppier lousier blander stupider bleaker grimmer" },
    { "gaincmp", "faster cheaper easier quicker lighter smoother safer cleaner quieter better stronger smarter "
                 "brighter sharper tougher "
                 "healthier friendlier nicer simpler tastier fresher happier slimmer comfier tidier clearer roomier" },
    { "losscmp",
      "slower pricier harder heavier noisier dirtier worse weaker uglier dimmer buggier ruder flimsier clunkier sadder "
      "blurrier duller laggier messier poorer costlier" },
    { "praisebase",
      "recommend praise thank stress emphasize emphasise say commend compliment applaud express admire appreciate love "
      "rate credit" },
    { "blamebase", "criticize criticise warn complain condemn hate" },
    { "open_to",
      "good great nice better worse bad helpful useful safe reliable clean worth easy comfortable accurate healthy "
      "quiet "
      "durable waterproof dangerous true normal possible ok okay fun difficult hard expensive popular free legal" },
    { "aux",
      "is are was were do does did can could will would has have had should shall may might am any anyone anybody" },
    { "wh", "what which where when who whom whose how" },
    { "person", "i you we they he she it anyone anybody someone somebody people nobody everyone one u" },
    { "iwe", "i we i'd we'd" },
    { "rise",
      "rose rise rises risen rising increased increases increase increasing grew grow grows grown growing climbed "
      "climbs climb climbing "
      "jumped jumps surged surges surge soared soars soar leapt leaped leaps doubled doubles tripled quadrupled "
      "improved improves "
      "improve rebounded rebounds recovered recovers advanced advances gained gains accelerated widened widens "
      "skyrocketed spiked swelled rocketed strengthened strengthens multiplied ballooned exceeded exceeds mounted" },
    { "fall",
      "fell fall falls fallen falling dropped drops drop dropping declined declines decline declining decreased "
      "decreases decrease "
      "decreasing slipped slips slid slides sliding dipped dips sank sinks sunk plunged plunges plunge plummeted "
      "plummets tumbled "
      "tumbles slumped slumps shrank shrunk shrinks shrinking narrowed narrows narrowing weakened weakens eased eases "
      "slowed "
      "slows halved contracted collapsed collapses receded diminished diminishes lessened dwindled dwindles "
      "shriveled deteriorated abated cratered crashed sagged softened" },
    { "risen", "rise increase growth jump surge climb spike rebound hike upturn uptick improvement" },
    { "fallen", "fall drop decline decrease reduction slump plunge dip slide downturn cut contraction" },
    { "gain", "profit profits profitability earnings revenue revenues sales turnover income margin margins ebit ebitda "
              "eps dividend dividends "
              "volume volumes orders bookings demand output production productivity exports shipments deliveries "
              "subscribers users customers visitors "
              "passengers ridership attendance enrollment enrolment shares stock stocks wages wage salaries salary "
              "employment jobs hiring gdp "
              "economy confidence efficiency quality satisfaction attendance popularity savings wealth literacy yields "
              "yield harvest "
              "donations membership uptime throughput performance expectancy scores grades results approval backing "
              "turnout funding "
              "growth reserves cash liquidity trust morale visibility score rating ratings accuracy survival" },
    { "cost",
      "loss losses deficit deficits debt debts liabilities cost costs expenses expense charges unemployment "
      "joblessness layoffs inflation "
      "rents rent taxes tax tariffs fees fee crime crimes murders violence homicides deaths toll fatalities casualties "
      "accidents "
      "injuries infections infection hospitalizations poverty homelessness hunger pollution emissions complaints "
      "errors error "
      "defects delays outages tensions risk risks fears concerns mortality bankruptcies foreclosures defaults pain "
      "stress "
      "churn downtime latency burglaries thefts robberies fraud absenteeism waste suicides arrests evictions wait "
      "waiting "
      "crashes bugs prices bills shootings smoking obesity illness disease corruption overdoses anxiety fatigue "
      "noise incidents" },
    { "thing",
      "thing things way ways place places time times one ones company service product food hotel staff phone app film "
      "movie book show "
      "product feeling experience value option choice deal person people friend day team doctor gift purchase idea" },
    { "broke", "broke breaks breaking broken ruining ruined ruins wasting wasted losing lost loses ignoring ignored "
               "ignores crashing crashed "
               "crashes failing fails failed deleting deleted destroying destroyed killing spoiling wrecking "
               "cancelling cancelled canceling "
               "canceled cancels messing scratching overcharging overcharged charging delaying delayed down dead late "
               "closed locked stuck "
               "forgetting lying lied cheating cheated scamming hanging nothing missing keeping rejected interrupting "
               "bricking freezing froze freezes leaving waking" },
    { "ugh", "another delay delays delayed error errors bill bills problem problems meeting update crash bug again "
             "broke broken cancelled canceled "
             "traffic queue flat late raining rain more homework fee fees wrong lost failed fails crashed monday "
             "waiting outage stuck strike" },
    { "wow", "great wonderful fantastic perfect brilliant lovely nice awesome excellent joy super terrific marvelous "
             "marvellous splendid "
             "fabulous amazing goody fun yay bravo congratulations congrats" },
    { "medical",
      "patient patients pt denies denied biopsy lesion lesions mri ct x-ray xray ultrasound mg ml diagnosis diagnosed "
      "benign "
      "malignant chronic acute prognosis metastasis metastases ecg ekg hemoglobin prescribed symptoms symptom fever "
      "cough cancer "
      "hypertension diabetes tumor tumour scan scans history nausea vomiting pain fracture fractures edema rash "
      "infection "
      "allergies allergy chest abdominal abdomen bilateral lung lungs cardiac bleeding screening smear test tests swab "
      "pregnancy hiv covid virus culture blood antibodies streptococcus hepatitis tuberculosis swelling wheezing "
      "murmur "
      "seizures stroke asthma migraine injury trauma illness disease drug drugs steroids dose doses" },
    { "legal",
      "court plaintiff plaintiffs defendant defendants appellant appellee respondent petitioner statute pursuant "
      "hereinafter jury "
      "indictment negligence felony misdemeanor misdemeanour tribunal lawsuit litigation liability warranty "
      "prosecution "
      "prosecutor prosecutors attorney arbitration hearing judge verdict plea clause damages liable magistrate bail" },
    { "locked", "locked blocked suspended disabled hacked frozen banned deactivated declined rejected stuck "
                "compromised corrupted lost missing "
                "cancelled canceled wrong expired stolen broken down unavailable inaccessible offline deleted charged "
                "overcharged delayed "
                "late damaged empty incomplete" },
    { "mine", "account accounts order orders card payment payments package parcel delivery shipment password login app "
              "site website server page "
              "subscription invoice refund screen phone laptop computer internet wifi connection printer device "
              "profile email booking "
              "reservation ticket link file files data service system dashboard license licence transaction number "
              "item modem router "
              "portal database button bill purchase" },
    { "support", "log login sign access open connect download upload install update print reset checkout reach contact "
                 "activate load receive save" },
    { "finance", "profit profits revenue revenues ebit ebitda eps dividend dividends shares shareholders shareholder "
                 "stock stocks eur euro euros usd million mn bn "
                 "billion turnover earnings quarter q1 q2 q3 q4 operating net sales loss losses margin margins "
                 "acquisition subsidiary plc oyj corp inc ltd "
                 "investors investor investment equity debt fiscal percent guidance forecast analysts nasdaq hel omx "
                 "pretax contract company group orders "
                 "company's companies plant plants agreement operations business services solutions equipment "
                 "construction corporation stake unit units transaction "
                 "personnel manufacturing capacity distribution sector technologies technology management finland "
                 "finland's helsinki oy ab asa ag negotiations "
                 "annual production products contracts board ceo cfo headquartered supplier suppliers customers "
                 "industry mills mill "
                 "ipo merger bond bonds yield yields market markets finnish shipments bank banking capital financing" },
    { "finance_most", "eur mn bn ebit ebitda eps oyj oy plc nasdaq omx hel pretax dividend turnover shareholders "
                      "subsidiary ipo acquisition finnish "
                      "revenue revenues profit profits sales shares stake" },
    { "support_field", "account login log password reset refund order ticket error app install update support customer "
                       "invoice tracking subscription billing "
                       "crash crashes crashing website download upload email verification screen settings browser "
                       "router printer wifi charged delivery package "
                       "parcel reinstall restart help issue device code payment cancel server access connect username "
                       "license activate upgrade warranty replacement" },
    { "before_name", "in at near from to by for via over called named entitled titled dr mr mrs ms miss sir lady prof "
                     "professor captain" },
    { "joins_name", "and of the & - 's" },
    { "behind_name",
      "is was are were has had will said says opened opens released announced play plays played starts started began "
      "lives live works sells sold boxes won" },
    { "no_names", "happy merry congratulations congrats thank thanks good love amazing awesome excellent wonderful "
                  "fantastic terrible horrible worst bad i sorry great please welcome nice beautiful" },
    { "names", "rust hope grace joy faith victory liberty war battle memorial hell heaven death chance charity destiny "
               "trinity felicity patience "
               "prudence constance serenity harmony melody angel crystal ruby pearl jewel gem treasure victor frank "
               "champion hero sharp cross "
               "rich young strong long worth loving lovejoy slack flash flame spark cheer trump rage fury wicked "
               "frozen scream saw jaws alien "
               "titanic misery carrie it gone heat speed crash drive horror dread slaughter killer bishop pain payne "
               "savage swift "
               "apprentice survivor sunny happy sleepy grumpy dopey bliss glee oscar excel pride blessing mercy love "
               "peace freedom "
               "independence defender avenger predator terminator destroyer tiger cancer leo virgo gemini" },
    { "title", "manager director officer president chief head minister secretary" },
    { "greet", "hello hi hey dear greetings" },
    { "sport", "beat beats defeated defeats lost loses drew draws won wins edged thrashed crushed routed downed topped "
               "trounced hammered "
               "smashed stunned blanked swept destroyed demolished thumped overcame overpowered outlasted eliminated" },
    { "rated_thing", "stars star" },
    { "asked", "know recommend suggest tell explain say advise confirm clarify" },
    { "improve", "improve fix change stop add make bring work update upgrade address resolve provide give send help "
                 "consider include look reduce "
                 "lower speed hire train support let allow check respond reply answer clean do be get put keep refund "
                 "cancel remove "
                 "restore replace repair investigate explain confirm forward assist advise unlock tell try have start "
                 "teach take return" },
};

#define CANT(pattern, value, does) \
    { "ca|can|could n't|not " pattern, value, does }, \
    { \
        "cannot|cant|couldnt " pattern, value, does \
    }

const struct turn_line turn_lines[] = {
    /* ---- Marked irony ---- */
    { "another *2 , another *3 . @wow *1", -1.5f, "+s!" },
    { "^ \" @wow \"", -1.8f, "+s!" },
    { "\u201c @wow \u201d", -1.8f, "+s!" },
    { "\" "
      "@wow|helpful|friendly|fresh|premium|luxury|quality|professional|expert|experts|service|support|best|free|clean|"
      "new|fast|genius \" !said|.|,",
      -1.5f, "+c!" },
    { "\u201c "
      "@wow|helpful|friendly|fresh|premium|luxury|quality|professional|expert|experts|service|support|best|free|clean|"
      "new|fast|genius \u201d !said|.|,",
      -1.5f, "+c!" },
    { "so - called @wow|expert|experts|professionals", -1, "+m!" },
    { "^ thanks|thank|thx|cheers you? so? much? for *1 "
      "breaking|ruining|wasting|losing|ignoring|crashing|failing|deleting|destroying|spoiling|wrecking|cancelling|"
      "canceling|messing|scratching|overcharging|delaying|lying|cheating|scamming|interrupting|bricking|freezing|"
      "waking|nothing *6",
      -2, "+s!" },
    { "thanks|thank|thx you? *3 for nothing", -2.2f, "+s!" },
    { "thanks a lot|bunch|ton|million , @wow?", -0.6f, "+m!" },
    { "just|exactly what i|we|you|everyone *1 needed|wanted|need|wished|ordered , *8 @ugh|@trouble|@broke|<bad>", -2,
      "+s!" },
    { "just|exactly what i|we *1 needed|wanted|need : *8", -1.8f, "+s!" },
    { "^ oh|well|wow|yay|ah|gee|hey , @wow|good|joy ,|.|!|- *9 @ugh|@trouble|@broke|<bad>", -2, "+s!" },
    { "^ oh|well|wow|yay|ah|gee @wow|good|joy ,|.|!|- *9 @ugh|@trouble|@broke|<bad>", -2, "+s!" },
    { "^ oh|well|yay|ah|gee @wow|joy ,|.|! ", -1.2f, "+s!" },
    { "^ oh|ah|gee joy", -1.5f, "+s!" },
    { "^ just|oh|well how? @wow ,|.|!|- *2 another|yet|more|now|again *6", -2, "+s!" },
    { "^ @wow ,|.|!|- *1 another|yet *6", -1.8f, "+s!" },
    { "^ @wow ,|! *7 @broke again|already?", -1.8f, "+s!" },
    { "^ how @wow|nice|kind|thoughtful|generous|convenient|typical of them|you|him|her|the|it to *3 "
      "@broke|<bad>|charge|ignore|cancel|forget|lose",
      -1.8f, "+s!" },
    { "^ great|nice|good|wonderful|fantastic|fine|brilliant|excellent|well job|work|going|way|done|played , *2 @broke",
      -1.8f, "+s!" },
    { "^ great|nice|good|wonderful|fantastic|fine|brilliant|excellent job|work|going *1 @broke", -1.8f, "+s!" },
    { "^ way to go , *8 @broke|<bad>", -1.8f, "+s!" },
    { "yeah|yea|sure , right $", -1.3f, "+m!" },
    { "yeah|yea right $", -1.3f, "+m!" },
    { "^ so much for *4", -1.4f, "+r!" },
    { "good luck getting|finding|reaching|trying *4", -1.4f, "+r!" },
    { "because|'cause|cause who|everyone|everybody *2 need|needs|love|loves|like|likes|want|wants *5", -1.6f, "+s!" },
    { "love|loved|loving how|when|waiting *4 @broke|never|ignored|hours|wrong|overcharge", -1.8f, "+s!" },
    { "got|gotta love|loved how|when|a|the *6 @broke|<bad>|never|hours", -1.8f, "+s!" },
    { "what a joy|treat|surprise|pleasure|delight , *6 @ugh|@broke|<bad>", -1.8f, "+s!" },
    { "my favorite|favourite *2 : *8 @ugh|@broke|<bad>", -1.6f, "+s!" },
    { "nothing like|says|beats a *5 @ugh|@trouble|<bad>|cold", -1.3f, "+s!" },
    { "/ s $", -1.8f, "es!" },
    { "/ sarcasm|jk|irony", -1.8f, "es!" },

    /* ---- Courtesy ---- */
    { "^ many thanks ,|. *3", 0, "0c!" },
    { "^ happy monday|tuesday|wednesday|thursday|friday|saturday|sunday *2", 0, "0c!" },
    { "thanks|thank|cheers you? *2 in advance", 0, "0m!" },
    { "^ thanks|cheers|thank you? , <good> *4", 1.5f, "+c!" },
    { "^ thanks|cheers|thank you? , <word> <word>? $", 0, "0m!" },
    { "^ thanks|cheers|thank you? , $", 0, "0m!" },
    { "^ sincerely|yours|respectfully|faithfully|truly yours|sincerely|faithfully|truly|respectfully? ,", 0, "0m!" },
    { "thanks|thank you? for your *1 "
      "email|mail|e-mail|message|letter|inquiry|enquiry|order|interest|reply|response|time|call|note|patience|"
      "understanding|attention|cooperation|application|request|inquiry|feedback|purchase|business|question|"
      "consideration|quick|prompt",
      0, "0r!" },
    { "thanks|thank you? for *1 contacting|calling|writing|subscribing|registering|flying|shopping|applying", 0,
      "0r!" },
    { "good morning|afternoon|evening|day ,|.|!|everyone|all|team|to|from|and|ladies|sir|madam", 0, "0m!" },
    { "^ good morning|afternoon|evening|night $", 0, "0m!" },
    { "^ dear *3 ,", 0, "0m!" },
    { "^ hello|hi|hey|greetings *2 ,|.|!", 0, "0m!" },
    { "kind|kindest|warm|warmest|best regards|wishes", 0, "0m!" },
    { "^ all the best ,|$", 0, "0m!" },
    { "^ yours sincerely|faithfully|truly", 0, "0m!" },
    { "^ sincerely|cheers|regards ,|$", 0, "0m!" },
    { "have a nice|good|great|lovely|wonderful|pleasant day|evening|weekend|one|night|week|time|trip|afternoon", 0,
      "0m!" },
    { "hope|hoping this|the|my email|mail|message|letter|note finds *5", 0, "0r!" },
    { "i|we? hope you|everyone|all *1 're|are|is *2 well|fine|good|ok|okay", 0, "0r!" },
    { "look|looking forward to *6", 0, "0r!" },
    { "^ welcome to *3", 0, "0r!" },
    { "you 're|are welcome", 0, "0m!" },
    { "nice|pleased|good to meet|hear *2", 0, "0r!" },
    { "sorry for|about the|my|any late|delayed|delay|inconvenience *3", 0, "0r!" },
    { "we|i apologize|apologise for any|the inconvenience *5", 0, "0r!" },
    { "excuse me|us ,", 0, "0m!" },
    { "please do not|n't hesitate to *5", 0, "0r!" },
    { "feel free to *4", 0, "0r!" },
    { "please find *1 attached|enclosed *4", 0, "0r!" },
    { "happy|merry birthday|christmas|easter|holidays|anniversary to", 0, "0m!" },
    { "congratulations on *4", 1.2f, "+r!" },
    { "dear sir|madam|customer|team|all|colleagues|mr|mrs|ms", 0, "0m!" },

    /* ---- Medical and legal facts ---- */
    { "found|pleaded|pleads|plead|ruled|declared|pronounced not? guilty *6", 0, "0c!" },
    { "pupils|reflexes|lungs|heart|abdomen|vitals|bowel|breath|cranial *2 "
      "equal|reactive|intact|clear|regular|soft|stable|normal|sounds|nerves *6",
      0, "0s!" },
    { "denies|denied|denying *2 @medical|<bad> *3", 0, "0c!" },
    { "denies|denied *1 any|having *5", 0, "0c!" },
    { "tested|tests|test|screened negative|positive", 0, "0c!" },
    { "@medical|result|results|screen *3 @is|came *2 negative|positive|abnormal|normal|benign|malignant *5", 0, "0c!" },
    { "negative|positive for @medical", 0, "0c!" },
    { "no *1 evidence|history|sign|signs|indication of *5", 0, "0c!" },
    { "history of *2 @medical|<bad>", 0, "0c!" },
    { "patient|patients|pt *2 "
      "reports|reported|presents|presented|complains|complained|denies|denied|has|had|was|is|were|states|with|admitted "
      "*6",
      0, "0s!" },
    { "^ the? patient|patients|pt *6", 0, "0s!" },
    { "diagnosed|diagnosis with|of|as *5", 0, "0c!" },
    { "ruled out *4", 0, "0c!" },
    { "symptoms|symptom include|includes|included|are|may|of *6", 0, "0s!" },
    { "side effects include|may|are|of *6", 0, "0s!" },
    { "@is prescribed *6", 0, "0c!" },
    { "biopsy|mri|ultrasound|ecg|ekg|x-ray|ct|scan *6 @medical|<felt>|no *3", 0, "0s!" },
    { "acute|chronic|bilateral|benign|malignant|metastatic *2 @medical|pain|disease *4", 0, "0c!" },
    { "plaintiff|plaintiffs|defendant|defendants|appellant|respondent|petitioner|prosecutor|prosecutors|prosecution|"
      "tribunal|jury|magistrate *8",
      0, "0s!" },
    { "^ the|a|an? *1 court|judge|courts|lawsuit|indictment|complaint *1 "
      "@legal|ruled|held|found|dismissed|rejected|granted|ordered|sentenced|overturned|heard|affirmed|reversed|alleges|"
      "alleged|adjourned|set|issued|fined|convicted|acquitted|imposed|charges *8",
      0, "0s!" },
    { "pursuant to *6", 0, "0s!" },
    { "pleaded|pled|pleads *1 guilty|innocent *4", 0, "0s!" },
    { "not guilty", 0, "0m!" },
    { "charged|convicted|accused|suspected|indicted with|of|on *1 @counts *5", 0, "0c!" },
    { "charged|convicted|accused|suspected|indicted with|of *4", -0.3f, "+m!" },
    { "sentenced to *5", 0, "0c!" },
    { "liable|liability|warranty for|of|is|shall *6", 0, "0s!" },
    { "shall|may not be @legal|liable|held *5", 0, "0s!" },
    { "breach of contract|warranty|duty|clause|confidentiality *3", 0, "0s!" },
    { "cleared|acquitted|exonerated|absolved of *4", 1.8f, "+c" },
    { "cleared|acquitted|exonerated|absolved on all *3", 1.8f, "+c" },
    { "charges *3 dropped|dismissed", 1.4f, "+c" },

    /* ---- Sports ---- */
    { "@is beaten|defeated|thrashed *1 <#> *2 in|by|at|after *4", 0, "0c!" },
    { "after|in extra time|innings", 0, "0c!" },
    { "won|win|wins|lost|lose the toss *5", 0, "0c!" },
    { "won|win|wins|lost|lose|loses|beaten|beat|defeated|drew by|at|against|in *2 "
      "wickets|runs|goals|points|lengths|strokes|shots|innings|home|time *5",
      0, "0c!" },
    { "lost|won|drew at|to home|away|visiting *4", 0, "0c!" },
    { "knocked|crashed|bowed out of|by|on|in|to *5", 0, "0c!" },
    { "won|win|wins|lost|lose|loses|fell|beaten in|on straight|extra|penalties|overtime|sets|shootout *4", 0, "0c!" },
    { "won|win|wins|lost|lose|loses the first|second|third|final|opening|last leg|set|match|game|half|round *4", 0,
      "0c!" },
    { "@sport *6 <#> -|\u2013|to <#>", 0, "0c!" },
    { "@sport to *4 <#> -|\u2013|to <#>", 0, "0c!" },
    { "<#> -|\u2013 <#> win|loss|draw|defeat|victory", 0, "0c!" },
    { "in *2 semifinal|semifinals|semi-final|semi-finals|quarterfinal|quarterfinals|playoffs|playoff|overtime|innings "
      "*4",
      0, "0c!" },
    { "ended|ends|finished in a draw *3", 0, "0c!" },

    /* ---- Negated comparatives and superlatives ---- */
    { "rarely|seldom|never|hardly *1 enjoyed|liked|loved|appreciated|admired *4 more|better|so *2", 2, "+c!" },
    { "no place|where|restaurant|hotel|team|company|one i *1 would|'d rather *4", 1.8f, "+c!" },
    { "never *1 have|has|get|got enough *4", 1.8f, "+c!" },
    { "no better|nicer|faster|cleaner|stronger|safer|happier|friendlier than *4", -1, "+c!" },
    { "no one|body else? *1 @makes *1 a|an|the? *1 @better|@gaincmp *4", 2, "+c!" },
    { "nobody|none else? *1 @makes *1 a|an|the? *1 @better|@gaincmp *4", 2, "+c!" },
    { "no one|body else? *1 @makes *1 a|an|the? *1 @worse|@losscmp *4", -2, "+c!" },
    { "rarely|seldom|never|scarcely|hardly have|had|has|did|do|does i|we|you|he|she|they|one *2 such|so|a|an *1 <bad> "
      "*4",
      -2, "+c!" },
    { "rarely|seldom|never|scarcely|hardly have|had|has|did|do|does i|we|you|he|she|they|one *2 such|so|a|an *1 <good> "
      "*4",
      2, "+c!" },
    { "there @is|@have *1 not|n't|no|never been? a|an|any|many? *1 @better|@gaincmp *5", 1.8f, "+c!" },
    { "there @is|@have *1 not|n't|no|never been? a|an|any|many? *1 @worse|@losscmp *5", -1.8f, "+c!" },
    { "not|n't|never *1 met|seen|found|known|had|tasted|used|heard|read|tried|owned|visited|eaten|dealt a|an|any|with "
      "*1 @worse|@losscmp *5",
      -2.2f, "+c!" },
    { "wo|will|would|can|ca|could|do|did not|n't|never find|get|meet|see|know|hear|need a|an|any *1 @better|@gaincmp "
      "*5",
      1.9f, "+c!" },
    { "wo|will|would|can|ca|could|do|did not|n't|never find|get|meet|see|know|hear a|an|any *1 @worse|@losscmp *5",
      -1.9f, "+c!" },
    { "cannot|wont|cant|couldnt find|get|meet|see|know|hear a|an|any *1 @better|@gaincmp *5", 1.9f, "+c!" },
    { "not|n't the worst , but|and|although *8 worst", -1.8f, "+s!" },
    { "could|can|would not|n't|hardly|scarcely *2 ask|asked|wish|wished|hope|hoped|want|wanted for *1 "
      "more|better|@better|nicer *3",
      2.4f, "+c!" },
    { "could|can|would not|n't|hardly|scarcely be|have|feel|get|do|go|seem|look|taste|sound|ask|imagine *2 "
      "@better|@gaincmp *3",
      2.4f, "+c!" },
    { "could|can|would not|n't|hardly|scarcely be|have|feel|seem|look|taste *2 more <good> *3", 2.2f, "+c!" },
    { "could|can|would not|n't|hardly|scarcely be|have|feel|get|go|seem|look|taste|sound|imagine *2 @worse *3", -2.4f,
      "+c!" },
    { "could|can|would not|n't|hardly|scarcely be|have|feel|seem *2 more|less <bad> *3", -2.2f, "+c!" },
    { "does|do|did|can|could|will not|n't|nt get|come *1 any? much? @better|<good> than *3", 2.2f, "+c!" },
    { "does|do|did|can|could|will not|n't|nt get|come *1 any? much? @worse|<bad> than *3", -2.2f, "+c!" },
    { "does|do|did not|n't|nt get any? @better", 1.6f, "+c!" },
    { "does|do|did not|n't|nt get any? @worse", -1.6f, "+c!" },
    { "could|couldnt not|n't? care less", -0.8f, "+c!" },
    { "couldnt|cant be|get|ask|go *2 @better", 2.2f, "+c!" },
    { "couldnt|cant be|get|go *2 @worse", -2.2f, "+c!" },
    { "never|n't|havent|rarely|seldom|nobody *5 @worse *3", -2.4f, "+c!" },
    { "never|n't|not|havent|rarely|seldom *3 "
      "been|felt|seen|had|met|known|tasted|eaten|tried|experienced|looked|worked|run|heard|read|slept|sounded|worn|"
      "owned|used|bought|stayed|found *2 @better|@gaincmp *3",
      2.4f, "+c!" },
    { "never|havent|hardly|rarely|seldom *1 been|felt|seen|had|met|tasted|known so|this|such *2 <good> *3", 2.2f,
      "+c!" },
    { "never|havent|hardly|rarely|seldom *1 been|felt|seen|had|met|tasted|known so|this|such *2 <bad> *3", -2.2f,
      "+c!" },
    { "never|havent *1 <word> so|this well|<good> *3", 2, "+c!" },
    { "never have|had|was|were|did i|we|she|he|they *2 so|more|such|this *1 <bad> *3", -2.2f, "+c!" },
    { "never have|had|was|were|did i|we|she|he|they *2 so|more|such|this *4", 2, "+c!" },
    { "no other *2 comes|came|compares|compared|matches|beats *3", 2, "+c!" },
    { "never|n't|not been|felt|seen|had|met|known|experienced|ever *2 so|more|such *2 <good> *3", 2.2f, "+c!" },
    { "never|n't|not been|felt|seen|had|met|known|experienced|ever *2 so|more|such *2 <bad> *3", -2.2f, "+c!" },
    { "nothing|nobody|none|nowhere else? *2 better|@better|@gaincmp *3", 2.2f, "+c!" },
    { "nothing|nobody|none|nowhere else? *2 worse|@worse *3", -2.2f, "+c!" },
    { "nothing|nobody else? compares|beats|tops|matches|rivals *3", 2.2f, "+c!" },
    { "nothing comes|came *1 close *3", 2, "+c!" },
    { "no @better *1 @thing|feeling|way|word|than? *2", 2, "+c!" },
    { "no @worse *1 @thing|feeling|way", -2, "+c!" },
    { "no|not worse than *4", 0, "0c!" },
    { "second to none", 2.4f, "+c!" },
    { "hard|tough|difficult|impossible to beat|top|fault|resist|match", 1.8f, "+c!" },
    { "not|n't|never|hardly the best|greatest|nicest|prettiest|fastest|friendliest|cleanest|smartest|brightest|easiest "
      "*3",
      -1.3f, "+c!" },
    { "not|n't|hardly the worst|ugliest|slowest|dumbest *3", 0.5f, "+c!" },
    { "nothing *1 to be desired", 2.2f, "+c!" },
    { "leaves|left|leave *2 lot|much|something|plenty to be desired", -1.8f, "+c!" },
    { "nothing *1 to complain|criticize|criticise|fault|dislike|hate|worry|fear|regret|lose *2", 1.8f, "+c!" },
    { "nothing *1 to like|recommend|love|praise|enjoy *2", -1.8f, "+c!" },
    { "nothing|not|n't *2 <good>|kind|positive *1 to say|report *3", -1.8f, "+c!" },
    { "nothing|not|n't *2 <bad>|negative *1 to say|report *3", 1.8f, "+c!" },
    { "nothing but *2 <good>|praise *3", 2, "+c!" },
    { "nothing but *2 <bad> *3", -2, "+c!" },
    { "nothing *1 <good> about|in *4", -1.6f, "+c!" },
    { "nothing|not|n't *1 wrong|bad with|about *4", 1.5f, "+c!" },
    { "nothing short of *1 <felt>", 2, "em!" },
    { "nothing special|new|great|fancy|spectacular|impressive|remarkable|extraordinary|exciting", -0.9f, "+c!" },
    { "better than ever|expected|anticipated|before|advertised|imagined|hoped|i|we|most|any|anything|all|average *3",
      1.8f, "+c" },
    { "worse than ever|expected|anticipated|before|advertised|imagined|feared|i|we|most|any|anything|all|average *3",
      -1.8f, "+c" },
    { "@gaincmp *3 than before|ever|expected|last|previously|the|my|any|most|others|it|i", 1.4f, "+c" },
    { "@losscmp *3 than before|ever|expected|last|previously|the|my|any|most|others|it|i", -1.5f, "+c" },
    { "@gaincmp and|, @gaincmp", 1.5f, "+c" },
    { "@losscmp and|, @losscmp", -1.6f, "+c" },
    { "never|n't|not|wo disappoints|disappointed|disappoint|fails|failed|boring|regret|regretted *3", 1.8f, "+c!" },
    { "do|does|did|could|would not|n't regret|hesitate *4", 1.7f, "+c!" },
    { "n't|not|never|nothing think|believe|imagine|see *4 ever|never not|stop <good>|love|like *4", 2, "+s!" },
    { "will|would|could|can never|not|n't not|stop|tire <good>|loving|liking|of|love|enough *3", 1.8f, "+c!" },
    { "never a dull|boring|bad moment|day|meal|time *3", 1.8f, "+c!" },

    /* ---- can't … enough ---- */
    { "words can|could|cannot|fail|do not|n't|to? express|describe|say|convey *5 <good> *3", 2.2f, "+c!" },
    { "words can|could|cannot|fail|do not|n't|to? express|describe|say|convey *5 <bad> *3", -2.2f, "+c!" },
    CANT("*1 say a|one|anything|any *1 <bad>|negative|wrong *4", 1.8f, "+c!"),
    CANT("*1 ask for *1 more|better *4", 1.8f, "+c!"),
    CANT("*1 @praisebase *4 enough|highly *3", 2.4f, "+c!"),
    CANT("*1 <good> *4 enough *3", 2.4f, "+c!"),
    CANT("*1 <bad>|@blamebase *4 enough *3", -2.2f, "+c!"),
    CANT("get enough *3", 2, "+c!"),
    CANT("*1 overstate|overpraise|fault *4", 1.8f, "+c!"),
    CANT("*1 say|speak|recommend|praise|thank *4 highly|more *3", 2.2f, "+c!"),
    CANT("*1 say enough good *4", 2.2f, "+c!"),
    CANT("*1 say enough bad *4", -2.2f, "+c!"),
    CANT("*1 beat|top *4", 1.8f, "+c!"),
    CANT("*1 go|be wrong *3", 1.8f, "+c!"),
    CANT("*1 live|imagine *1 without *3", 1.8f, "+c!"),
    CANT("wait to *1 escape|leave|cancel|uninstall|quit|switch *4", -1.2f, "+r!"),
    CANT("wait to|for|until|till *4", 1.4f, "+r!"),
    CANT("*1 put *3 down", 1.8f, "+c!"),
    CANT("*1 stop smiling|laughing|listening|eating|watching|raving|thinking *3", 1.7f, "+c!"),
    CANT("*1 complain|fault *3", 1.5f, "+c!"),
    { "could|can not|n't agree more", 1.2f, "+c!" },
    { "hard|difficult to say|find *2 enough|fault *4", 1.6f, "+c!" },

    /* ---- without ---- */
    { "without *1 telling|asking|informing|warning|notifying|consulting|checking|permission|saying *4", -1.3f, "+c!" },
    { "would|'d|will|gladly|happily|definitely *1 hire|buy|book|order|use|recommend|choose|stay|return|come|visit|rent "
      "*3 without *1 second|moment|doubt|hesitation|thought *3",
      2, "+c" },
    { "without a|any|one? second|moment|further? thought|look|doubt", 0, "hm!" },
    { "without *1 charm|heating|soul|taste|heart|humour|humor|wit|flavour|flavor|purpose|depth *3", -1.3f, "+c!" },
    { "without a? shadow? of? a? doubt|question|fail|exception", 0, "hm!" },
    { "beyond doubt|question|dispute", 0, "hm!" },
    { "no doubt|question about it?", 0, "hm!" },
    { "hands down", 0, "hm!" },
    { "recommend|recommended|buy|bought|choose|trust *3 without *1 "
      "hesitation|reservation|reservations|doubt|thinking|question",
      2.2f, "+c" },
    { "without *1 hesitation|reservation|reservations", 0, "hm!" },
    { "without *1 care|warning|explanation|notice|permission|reply|response|apology|reason|consent|compassion|asking",
      -1.4f, "+c" },
    { "without *2 @trouble|hitch|incident|difficulty|difficulties|hitches|effort|fuss|<bad>", 1.7f, "+c" },
    { "without *2 <good>", -1.3f, "+c" },

    /* ---- Questions that claim ---- */
    { "^ do|does|did they|anyone|anybody|you|someone|he|she even *8 ?", -1.5f, "+s!" },
    { "what is|'s wrong with *5", -1.6f, "+s!" },
    { "^ is this|that|it *1 a|some *1 joke|scam|prank|parody *2 ?", -1.8f, "+s!" },
    { "^ could|can|does|will *2 get|be any|even @better|@gaincmp|sweeter|cuter *3 ?", 1.8f, "+s!" },
    { "^ who|what not|n't|doesnt|dont|wouldnt <good>|love|like|want|enjoy *6 ?", 2, "+s!" },
    { "^ who|what do|does|would|could|can n't|not <good>|like|want|enjoy|love *6", 2, "+s!" },
    { "^ who|how|what would|could|can|do|does *3 not <good>|like|want|enjoy|love *6", 2, "+s!" },
    { "^ what|whats 's|is? not|n't to like|love|enjoy *4", 2, "+s!" },
    { "^ why would|should|on any|anyone|anybody|you|people|earth *8 ?", -1.8f, "+s!" },
    { "^ why|how *8 so|always|still|again|never|keep|keeps|ca|crap|hell *8 ?", -1.5f, "+s!" },
    { "^ why|how do|does|is|are|did|was|have|has n't|not *8 work|working|works|respond|answer|help|care|fix *5", -1.6f,
      "+s!" },
    { "^ is|are|was|were|do|does|did|ca|could|wo|would|has|have n't *4 <good> *6 ?|!", 1.9f, "es!" },
    { "^ is|are|was|were|do|does|did|ca|could|wo|would|has|have n't *4 <bad> *6 ?|!", 1.9f, "es!" },
    { "^ isnt|arent|dont|doesnt|wasnt|aint|werent *4 <felt> *6 ?|!", 1.9f, "es!" },
    { "^ are you kidding|joking|serious|insane|crazy|blind|mad *4", -1.6f, "+s!" },
    { "^ how <good> *1 is|are|was *4 ?", 1.9f, "+s!" },
    { "^ how <bad> *1 is|are|was|can|do *4 ?", -1.9f, "+s!" },
    { "^ how could|can|dare|do *2 <bad>|be|treat|let|sell|charge|do|call|dare *8 ?", -1.6f, "+s!" },
    { "^ how hard|difficult can|is|could it *8", -1.6f, "+s!" },
    { "^ could|can|does|will|is|has *2 get|be|anything|any|ever *2 @worse|more|any <bad>? *4 ?", -1.8f, "+s!" },
    { "^ could|can|does|will|is *2 get|be|anything *2 @better|<good> *3 than *4 ?", 1.8f, "+s!" },
    { "^ what more|else could|can|would|do *6 want|ask|need *4", 1.8f, "+s!" },
    { "^ what could|can|would be|possibly *1 @better|<good> *5", 1.8f, "+s!" },
    { "^ what could|can|would be|possibly *1 @worse|<bad>|wrong *5", -1.2f, "+s!" },
    { "^ what is|'s|was|were wrong|the|they|you matter|wrong|point|thinking *5", -1.4f, "+s!" },
    { "^ who cares|asked *4", -1.2f, "+s!" },
    { "^ what kind|sort of *1 @thing|idiot|company|person *8", -1.4f, "+s!" },
    { "^ can|could you believe *6 <good>", 1.8f, "+s!" },
    { "^ can|could you believe *6 <bad>|this|they|it", -1.5f, "+s!" },
    { "^ is|does it|this|that just|only me or *8", -0.8f, "+s!" },
    { "when|where|how *2 will|is|are|do *1 you|they *2 finally|ever|going *8 ?", -1, "+s!" },

    /* ---- Questions that ask: their sense is open ---- */
    { "^ @aux !n't|not *9 ?", 0, "0c!" },
    { "^ how|what|which|where|when|who *9 ?", 0, "0c!" },
    { "anyone|anybody|someone know|knows|recommend|tell|have|tried|used|had|got *9 ?", 0, "0s!" },

    /* ---- Wishes, requests, hypotheticals ---- */
    { "^ i|we *1 need *1 help|assistance|advice|support|information *1 with|on|about|for *6", -0.2f, "0s!" },
    { "^ were it|he|she|they|we *2 <good>|free|cheaper|closer|open *4 , *5", 0, "0s!" },
    { "^ if *4 <good> *4 , *3 will|'ll|would|can|could|may|might|please *6", 0, "0s!" },
    { "^ should the|a|an|any|this|that|it|you|they|anything|there *7 , *6", 0, "0s!" },
    { "^ if|when|once you|we|they|he|she @is|feel|feels *1 <good> *5 , *1 "
      "please|sign|press|click|send|confirm|reply|enter|return|choose|select|call|tell *6",
      0, "0s!" },
    { "wish|wishing you|him|her|them|everyone|u *2 all|the|a|an|well|luck|happy|many|lots *4", 1.3f, "+c!" },
    { "i|we|really|only|just wish|wished *3 "
      "had|would|were|was|could|did|has|came|worked|knew|made|offered|gave|have|more|better|n't *5",
      -0.6f, "+c!" },
    { "^ wish i|we|they|it|there|the|this *8", -1.1f, "+c!" },
    { "if only *8", -1.2f, "+s!" },
    { "@iwe|i|we|had|'d|was|were expected|expecting|hoped|hoping for|to? *3 better|more|<good>|@better *5", -1.4f,
      "+c!" },
    { "expected|expecting|hoped|hoping for? *1 better|more *6", -1.3f, "+c!" },
    { "not|n't what *2 expected|hoped|ordered|advertised|promised|described *3", -1.6f, "+c!" },
    { "claims|claim|claimed|claiming|pretends|pretend|pretending|alleges to|that|it|they *5 <good>|best *5", -1.2f,
      "+s!" },
    { "supposed to *6", -1.3f, "+s!" },
    { "meant to be *2 <good> *3", -0.8f, "+s!" },
    { "advertised|marketed|billed|sold|touted as *6", -0.7f, "+c!" },
    { "should|could|would|might have *3 <good>|done|been|told|known|warned|cared *4", -1.3f, "+c!" },
    { "i|we|it|they|he|she|this|that|place|app|food|which used to *2 <good>|work|like *5", -0.9f, "+c!" },
    { "i|we|it|they|he|she|which used to *1 <bad>|hate|hurt|struggle|suffer *5", 0.8f, "+c!" },
    { "was|were|worked|ran|loved|liked|been *4 until|till the|this|last|it|i|we|they|you|a *5", -1.4f, "+c!" },
    { "<good> before|initially *2 update|upgrade|change|changes|changed|they|you|it|new", -1.3f, "+s!" },
    { "old|older|previous|earlier|original|last|first *2 "
      "version|versions|one|app|model|design|owner|owners|menu|edition|recipe|layout|team|interface|site|formula *3 "
      "@is *2 better|<good>|@better *3",
      -1.3f, "+s!" },
    { "old|older|previous|earlier|original *2 version|one|app|model|design|menu|recipe|layout|interface|site|formula "
      "*3 @is|had *2 worse|<bad>|@worse *3",
      1.1f, "+s!" },
    { "prefer|preferred|miss|missed|want the|my? *1 old|previous|original|earlier *3", -1.2f, "+s!" },
    { "could|can|should|must do|be|have|try *2 "
      "better|harder|friendlier|cleaner|faster|cheaper|improved|improve|clearer|easier *4",
      -1.2f, "+c!" },
    { "needs|need|needed|requires *1 improvement|improvements|improving|fixing|improve|work|attention $", -1.2f,
      "+c!" },
    { "room for improvement", -0.8f, "+c!" },
    { "could|can use some|a|more|better *4", -0.9f, "+c!" },
    { "would|'d|might be|have *1 better|nice|nicer|good|great|cool|helpful|lovely|useful|perfect *1 if *6", -0.7f,
      "+c!" },
    { "would|could|might have been *2 <good>|nice|good *4", -1, "+c!" },
    { "would|'d appreciate *6", 0, "0c!" },
    { "should|ought be|to *2 <good>|fine|ok|okay *5", 0, "0c!" },
    { "might|may be *1 good|nice|fun|fine|ok|okay|useful|helpful|worth *5", 0, "0c!" },
    { "if *4 <good> *6 would|will|could|might|'d *5", 0, "0s!" },
    { "^ i|we? hope|hoping they|it|this|that *4 fix|fixed|work|works|improve|improves|lasts|helps|arrives|soon *3", 0,
      "0c!" },
    { "please|kindly|pls|plz *2 @improve *9", -0.3f, "0r!" },
    { "please|kindly|pls|plz *8", -0.2f, "0r!" },
    { "let me|us know *6", 0, "0r!" },
    { "@iwe|i would|'d|am|'m appreciate|grateful if *8", 0, "0s!" },
    { "can|could|would you|someone|anyone|somebody please? *8 ?", 0, "0s!" },
    { "@want *3 @endbase *3 @trouble|<bad>|this|it|that", -0.4f, "0s!" },
    { "this|it|that @is not|n't proper|right|acceptable|ok|okay|fair|professional|normal|appropriate|correct|safe *3",
      -1.8f, "+c!" },

    /* ---- Less and more, rise and fall ---- */
    { "@gain|customer|user|visitor|passenger|sales numbers|figures|counts|totals *1 @is|have *1 up|risen|grown|higher "
      "*4",
      1.7f, "+c!" },
    { "@gain|customer|user|visitor|passenger|sales numbers|figures|counts|totals *1 @is|have *1 "
      "down|fallen|dropped|lower *4",
      -1.7f, "+c!" },
    { "less|fewer *1 @trouble|<bad> *2", 1.6f, "+m!" },
    { "less|fewer *1 <good>|@gain *2", -1.3f, "+m!" },
    { "more *1 @trouble|@cost|<bad> than *3", -1.6f, "+c!" },
    { "loss|losses *9 <#> *4 ,? *4 compared|from|against|versus|vs *3 profit|profits|gain", -2, "+s!" },
    { "profit|profits|result|earnings|income|ebit|eps *9 <#> *4 ,? *4 compared|from|against|versus|vs *5 "
      "loss|losses|negative",
      2, "+s!" },
    { "slipped|swung|fell|sank to|into *3 loss|losses", -2, "+c!" },
    { "swung|swing|returned|turned back? to|into *3 profit|profits|profitability", 2, "+c!" },
    { "before|after tax|taxes", 0, "hm!" },
    { "@cost|@trouble|<cost> *4 @fall|lower|@lessened|halved", 1.8f, "+c" },
    { "@cost|@trouble|<cost> *4 @rise|higher", -1.8f, "+c" },
    { "@gain|<gain> *5 @rise|higher", 1.8f, "+c" },
    { "@gain|<gain> *5 @fall|lower", -1.8f, "+c" },
    { "@cost *9 <#> *4 ,? *4 compared|from|against|versus|vs *7 <#>", -1.8f, "fs!" },
    { "@gain|<gain> *9 <#> *4 ,? *4 compared|from|against|versus|vs *7 <#>", 1.8f, "fs!" },
    { "@cost|@trouble|<cost> *2 @is *1 down", 1.7f, "+c" },
    { "@cost|@trouble|<cost> *2 @is *1 up", -1.7f, "+c" },
    { "@gain|<gain> *2 @is *1 up", 1.6f, "+c" },
    { "@gain|<gain> *2 @is *1 down", -1.6f, "+c" },
    { "@risen in|of *3 @cost *2", -1.6f, "+c" },
    { "@fallen in|of *3 @cost *2", 1.6f, "+c" },
    { "@risen in|of *3 @gain *2", 1.6f, "+c" },
    { "@fallen in|of *3 @gain *2", -1.6f, "+c" },
    { "lower|reduced|falling|fewer|slashed|narrower|shrinking @cost|@trouble", 1.5f, "+m" },
    { "higher|rising|soaring|increased|growing|mounting|wider|widening @cost|@trouble", -1.5f, "+m" },
    { "higher|rising|soaring|increased|growing|stronger|record @gain", 1.5f, "+m" },
    { "lower|reduced|falling|weaker|shrinking @gain", -1.5f, "+m" },

    /* ---- The end of something bad, and of something good ---- */
    { "@trouble *1 no longer *1 appears|appear|occurs|occur|happens|happen|shows|exists|exist|bothers|bother|hurts *3",
      1.7f, "+c!" },
    { "fever|heat|storm|drought|cold|heatwave|spell *1 broke|broken|passed|lifted *2", 1.5f, "+c!" },
    { "took|takes|take|gets|got|get|getting|brought *3 "
      "stain|stains|smell|smells|dirt|spots|wrinkles|grime|rust|scratches out *3",
      1.6f, "+c" },
    { "no more *1 sleepless|endless|painful|lost|wasted|late|long|dead|flat|cold|dirty *3", 1.4f, "+c!" },
    { "@trouble|<bad> *2 @have|@is not|n't|never|still *2 @ended", -1.8f, "+c!" },
    { "@trouble *2 will|wo|would|does|do|did|refuses not|n't|to? *1 go|stop|end|heal", -1.7f, "+c!" },
    { "@trouble *2 came|come|comes|returned back?", -1.5f, "+c!" },
    { "@trouble *3 @is|@have *2 @ended|solved", 1.8f, "+c" },
    { "<bad> *2 @is|@have *2 fixed|solved|resolved|cured|repaired|averted|patched|rectified", 1.6f, "+c" },
    { "@trouble *3 @is|@have *2 @lessened", 1.7f, "+c" },
    { "@trouble *2 went|go|goes|gone|going away|down|quickly|overnight|completely", 1.8f, "+c" },
    { "@trouble|<bad> *2 "
      "disappeared|vanished|subsided|faded|stopped|ceased|ended|healed|cleared|eased|lifted|disappears|vanishes|"
      "lessened",
      1.7f, "+c" },
    { "@end *2 @more_det? *2 @trouble|@ill|@cost", 1.7f, "+c" },
    { "beat|beats|survived|survives|defeated|overcame|conquered|battled *1 @ill", 1.9f, "+c" },
    { "recovered|recovering|recovers from *3", 1.5f, "+c" },
    { "get|gets|got|getting rid of *3", 1.6f, "+c" },
    { "free of|from *2 @trouble|<bad>", 1.8f, "+c" },
    { "@trouble|pain|worry|cruelty|odor|stress|trouble|rust|lead|smoke|ad|hassle|bug|error|crime|drug|risk|fuss|cancer|"
      "debt - free",
      1.4f, "+m" },
    { "cancer|pain|debt|symptom|drug|worry|trouble|smoke|bug|stress|accident free", 1.7f, "+c" },
    { "protects|protect|protected|shields|saves|saved|spares|spared|rescued|rescues *2 from|against *4", 1.4f, "+c" },
    { "no|zero more|further? <more>? "
      "@trouble|complaints|complaint|hiccups|regrets|worries|surprises|fuss|drama|downside|downsides|nonsense|gimmicks "
      "*3",
      1.6f, "+c" },
    { "not|n't|never *1 had|have|having|a|an|single|any|one *3 @trouble|complaint|complaints|problem *3", 1.6f, "+c" },
    { "not|n't a? *1 @trouble|big? deal|problem *2", 0.9f, "+c" },
    { "no longer *2 "
      "<bad>|@trouble|hurts|hurt|cries|worry|afraid|suffer|suffers|crashes|hangs|leaks|freezes|squeaks|smells|struggle|"
      "struggles|wakes|limps|stutters *3",
      1.7f, "+c" },
    { "no longer *2 "
      "<good>|works|work|available|supported|recommend|trust|enjoy|care|fits|shop|buy|sells|holds|charges|responds *3",
      -1.6f, "+c" },
    { "@have stopped|quit @broke|<bad>|hurting|working|crying|leaking|squeaking|smoking|aching|snoring", 1.3f, "+c" },
    { "stopped|stops|quit|quits "
      "working|responding|charging|functioning|loading|syncing|answering|caring|printing|turning *3",
      -1.7f, "+c" },
    { "stopped|stops|quit "
      "hurting|crying|leaking|squeaking|aching|snoring|crashing|itching|bleeding|barking|freezing|lagging|rattling|"
      "dripping *3",
      1.7f, "+c" },
    { "does|do|did not|n't "
      "hurt|crash|leak|smell|itch|ache|freeze|lag|squeak|rattle|burn|irritate|overheat|disappoint|clog *2 anymore|any? "
      "more?",
      1.5f, "+c" },
    { "all|everything *2 @is|@have *1 fixed|solved|resolved|repaired|sorted", 1.6f, "+c" },
    { "it|they @is|@have *2 fixed|solved|resolved|repaired|cured|sorted *2", 1.5f, "+c" },

    /* ---- Support ---- */
    { "@det? *1 @mine *2 @is|@have *2 @locked *3", -1.6f, "+c" },
    { "@det? *1 @mine|it *1 does|do|did|will|wo|would|ca|can|could|has|have|is|are not|n't *1 "
      "work|working|arrive|arrived|load|loading|open|opening|turn|start|respond|charge|connect|update|been|show|"
      "receive|received|go|print *4",
      -1.7f, "+c!" },
    CANT("*1 @support *6", -1.3f, "+c!"),
    { "am|'m|are|'re|is|was|were unable to @support *6", -1.4f, "+c!" },
    { "i|we @have|did *1 not|n't|never|yet|still *1 received|receive|arrived *6", -1.4f, "+c!" },
    { "still waiting *6", -1.3f, "+c!" },
    { "keeps|keep|kept *1 "
      "crashing|freezing|failing|disconnecting|dropping|saying|asking|restarting|loading|stopping|logging|shutting|"
      "rebooting|turning|getting *3",
      -1.7f, "+c!" },

    /* ---- Contrast without "but" ---- */
    { "<good> at first|start *1 , *3 <bad> *5", -1.5f, "+s!" },
    { "<bad> at first|start *1 , *3 <good> *5", 1.5f, "+s!" },
    { "full|top marks to|for *5", 1.9f, "+c" },
    { "thumbs up *4", 1.8f, "+c" },
    { "thumbs down *4", -1.8f, "+c" },
    { "^ despite|notwithstanding *9 ,", 0, "hm!" },
    { "^ in spite of *9 ,", 0, "hm!" },
    { "^ although|though|while|whilst|whereas *9 ,", 0, "hm!" },
    { "^ even though *9 ,", 0, "hm!" },
    { "^ aside|apart from *6 ,", 0, "hm!" },
    { "shame|pity about|that|the|it|they *6", -1.6f, "+c!" },
    { "<good> except|apart for|from? *8 <bad>|@trouble|broke|broken", -0.9f, "+s!" },
    { "too bad *6", -1.4f, "+c!" },
    { "only problem|downside|complaint|issue|drawback *9", -1, "+c!" },
    { "waste of *3", -2, "+c!" },

    { NULL, 0, NULL },
};
