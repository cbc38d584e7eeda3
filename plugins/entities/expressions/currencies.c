/* currencies.c: the names, codes and signs of currencies (see vocabulary.h, currencies.h). Codes are those of ISO
 * 4217:2015; bitcoin's is XBT, which is in use though not in the standard's list. */
#include "plugins/entities/expressions/currencies.h"

#include <stddef.h>
#include <string.h>

#include "plugins/entities/expressions/vocabulary.h"

/* clang-format off */
static const struct word list[] = {
    /* nouns; of those that several countries have, the one that is meant when no country is named */
    { .letters = "dollar", .class = WORD_CURRENCY, .text = "USD" },
    { .letters = "dollars", .class = WORD_CURRENCY, .text = "USD", .flags = IS_PLURAL },
    { .letters = "euro", .class = WORD_CURRENCY, .text = "EUR" },
    { .letters = "euros", .class = WORD_CURRENCY, .text = "EUR", .flags = IS_PLURAL },
    { .letters = "pound", .class = WORD_CURRENCY, .text = "GBP", .flags = IS_OTHER_WORD, .other = WORD_UNIT },
    { .letters = "pounds", .class = WORD_CURRENCY, .text = "GBP", .flags = IS_PLURAL | IS_OTHER_WORD, .other = WORD_UNIT },
    { .letters = "yen", .class = WORD_CURRENCY, .text = "JPY" },
    { .letters = "yuan", .class = WORD_CURRENCY, .text = "CNY" },
    { .letters = "renminbi", .class = WORD_CURRENCY, .text = "CNY" },
    { .letters = "rupee", .class = WORD_CURRENCY, .text = "INR" },
    { .letters = "rupees", .class = WORD_CURRENCY, .text = "INR", .flags = IS_PLURAL },
    { .letters = "rouble", .class = WORD_CURRENCY, .text = "RUB" },
    { .letters = "roubles", .class = WORD_CURRENCY, .text = "RUB", .flags = IS_PLURAL },
    { .letters = "ruble", .class = WORD_CURRENCY, .text = "RUB" },
    { .letters = "rubles", .class = WORD_CURRENCY, .text = "RUB", .flags = IS_PLURAL },
    { .letters = "won", .class = WORD_CURRENCY, .text = "KRW", .flags = IS_OTHER_WORD },
    { .letters = "peso", .class = WORD_CURRENCY, .text = "MXN" },
    { .letters = "pesos", .class = WORD_CURRENCY, .text = "MXN", .flags = IS_PLURAL },
    { .letters = "franc", .class = WORD_CURRENCY, .text = "CHF" },
    { .letters = "francs", .class = WORD_CURRENCY, .text = "CHF", .flags = IS_PLURAL },
    { .letters = "krona", .class = WORD_CURRENCY, .text = "SEK" },
    { .letters = "kronor", .class = WORD_CURRENCY, .text = "SEK", .flags = IS_PLURAL },
    { .letters = "krone", .class = WORD_CURRENCY, .text = "NOK" },
    { .letters = "kroner", .class = WORD_CURRENCY, .text = "NOK", .flags = IS_PLURAL },
    { .letters = "zloty", .class = WORD_CURRENCY, .text = "PLN" },
    { .letters = "zlotys", .class = WORD_CURRENCY, .text = "PLN", .flags = IS_PLURAL },
    { .letters = "zloties", .class = WORD_CURRENCY, .text = "PLN", .flags = IS_PLURAL },
    { .letters = "forint", .class = WORD_CURRENCY, .text = "HUF" },
    { .letters = "forints", .class = WORD_CURRENCY, .text = "HUF", .flags = IS_PLURAL },
    { .letters = "koruna", .class = WORD_CURRENCY, .text = "CZK" },
    { .letters = "koruny", .class = WORD_CURRENCY, .text = "CZK", .flags = IS_PLURAL },
    { .letters = "lira", .class = WORD_CURRENCY, .text = "TRY" },
    { .letters = "liras", .class = WORD_CURRENCY, .text = "TRY", .flags = IS_PLURAL },
    { .letters = "lire", .class = WORD_CURRENCY, .text = "TRY", .flags = IS_PLURAL },
    { .letters = "shekel", .class = WORD_CURRENCY, .text = "ILS" },
    { .letters = "shekels", .class = WORD_CURRENCY, .text = "ILS", .flags = IS_PLURAL },
    { .letters = "dirham", .class = WORD_CURRENCY, .text = "AED" },
    { .letters = "dirhams", .class = WORD_CURRENCY, .text = "AED", .flags = IS_PLURAL },
    { .letters = "riyal", .class = WORD_CURRENCY, .text = "SAR" },
    { .letters = "riyals", .class = WORD_CURRENCY, .text = "SAR", .flags = IS_PLURAL },
    { .letters = "rial", .class = WORD_CURRENCY, .text = "IRR" },
    { .letters = "rials", .class = WORD_CURRENCY, .text = "IRR", .flags = IS_PLURAL },
    { .letters = "dinar", .class = WORD_CURRENCY, .text = "KWD" },
    { .letters = "dinars", .class = WORD_CURRENCY, .text = "KWD", .flags = IS_PLURAL },
    { .letters = "naira", .class = WORD_CURRENCY, .text = "NGN" },
    { .letters = "nairas", .class = WORD_CURRENCY, .text = "NGN", .flags = IS_PLURAL },
    { .letters = "cedi", .class = WORD_CURRENCY, .text = "GHS" },
    { .letters = "cedis", .class = WORD_CURRENCY, .text = "GHS", .flags = IS_PLURAL },
    { .letters = "shilling", .class = WORD_CURRENCY, .text = "KES" },
    { .letters = "shillings", .class = WORD_CURRENCY, .text = "KES", .flags = IS_PLURAL },
    { .letters = "rand", .class = WORD_CURRENCY, .text = "ZAR" },
    { .letters = "rands", .class = WORD_CURRENCY, .text = "ZAR", .flags = IS_PLURAL },
    { .letters = "baht", .class = WORD_CURRENCY, .text = "THB" },
    { .letters = "ringgit", .class = WORD_CURRENCY, .text = "MYR" },
    { .letters = "ringgits", .class = WORD_CURRENCY, .text = "MYR", .flags = IS_PLURAL },
    { .letters = "rupiah", .class = WORD_CURRENCY, .text = "IDR" },
    { .letters = "dong", .class = WORD_CURRENCY, .text = "VND" },
    { .letters = "taka", .class = WORD_CURRENCY, .text = "BDT", .flags = IS_OTHER_WORD },
    { .letters = "kyat", .class = WORD_CURRENCY, .text = "MMK" },
    { .letters = "kip", .class = WORD_CURRENCY, .text = "LAK", .flags = IS_OTHER_WORD },
    { .letters = "kips", .class = WORD_CURRENCY, .text = "LAK", .flags = IS_PLURAL },
    { .letters = "riel", .class = WORD_CURRENCY, .text = "KHR" },
    { .letters = "riels", .class = WORD_CURRENCY, .text = "KHR", .flags = IS_PLURAL },
    { .letters = "tugrik", .class = WORD_CURRENCY, .text = "MNT" },
    { .letters = "tugriks", .class = WORD_CURRENCY, .text = "MNT", .flags = IS_PLURAL },
    { .letters = "som", .class = WORD_CURRENCY, .text = "KGS", .flags = IS_OTHER_WORD },
    { .letters = "soms", .class = WORD_CURRENCY, .text = "KGS", .flags = IS_PLURAL },
    { .letters = "tenge", .class = WORD_CURRENCY, .text = "KZT" },
    { .letters = "hryvnia", .class = WORD_CURRENCY, .text = "UAH" },
    { .letters = "hryvnias", .class = WORD_CURRENCY, .text = "UAH", .flags = IS_PLURAL },
    { .letters = "leu", .class = WORD_CURRENCY, .text = "RON", .flags = IS_OTHER_WORD },
    { .letters = "lei", .class = WORD_CURRENCY, .text = "RON", .flags = IS_PLURAL },
    { .letters = "lev", .class = WORD_CURRENCY, .text = "BGN", .flags = IS_OTHER_WORD },
    { .letters = "leva", .class = WORD_CURRENCY, .text = "BGN", .flags = IS_PLURAL },
    { .letters = "real", .class = WORD_CURRENCY, .text = "BRL", .flags = IS_OTHER_WORD },
    { .letters = "reais", .class = WORD_CURRENCY, .text = "BRL", .flags = IS_PLURAL },
    { .letters = "reals", .class = WORD_CURRENCY, .text = "BRL", .flags = IS_PLURAL },
    { .letters = "sol", .class = WORD_CURRENCY, .text = "PEN", .flags = IS_OTHER_WORD },
    { .letters = "soles", .class = WORD_CURRENCY, .text = "PEN", .flags = IS_PLURAL },
    { .letters = "bolivar", .class = WORD_CURRENCY, .text = "VES" },
    { .letters = "bolivares", .class = WORD_CURRENCY, .text = "VES", .flags = IS_PLURAL },
    { .letters = "colon", .class = WORD_CURRENCY, .text = "CRC", .flags = IS_OTHER_WORD },
    { .letters = "colones", .class = WORD_CURRENCY, .text = "CRC", .flags = IS_PLURAL },
    { .letters = "quetzal", .class = WORD_CURRENCY, .text = "GTQ" },
    { .letters = "quetzals", .class = WORD_CURRENCY, .text = "GTQ", .flags = IS_PLURAL },
    { .letters = "lempira", .class = WORD_CURRENCY, .text = "HNL" },
    { .letters = "lempiras", .class = WORD_CURRENCY, .text = "HNL", .flags = IS_PLURAL },
    { .letters = "cordoba", .class = WORD_CURRENCY, .text = "NIO" },
    { .letters = "cordobas", .class = WORD_CURRENCY, .text = "NIO", .flags = IS_PLURAL },
    { .letters = "guarani", .class = WORD_CURRENCY, .text = "PYG" },
    { .letters = "guaranies", .class = WORD_CURRENCY, .text = "PYG", .flags = IS_PLURAL },
    { .letters = "boliviano", .class = WORD_CURRENCY, .text = "BOB" },
    { .letters = "bolivianos", .class = WORD_CURRENCY, .text = "BOB", .flags = IS_PLURAL },
    { .letters = "birr", .class = WORD_CURRENCY, .text = "ETB" },
    { .letters = "birrs", .class = WORD_CURRENCY, .text = "ETB", .flags = IS_PLURAL },
    { .letters = "kwacha", .class = WORD_CURRENCY, .text = "ZMW" },
    { .letters = "kwachas", .class = WORD_CURRENCY, .text = "ZMW", .flags = IS_PLURAL },
    { .letters = "kwanza", .class = WORD_CURRENCY, .text = "AOA" },
    { .letters = "kwanzas", .class = WORD_CURRENCY, .text = "AOA", .flags = IS_PLURAL },
    { .letters = "metical", .class = WORD_CURRENCY, .text = "MZN" },
    { .letters = "meticais", .class = WORD_CURRENCY, .text = "MZN", .flags = IS_PLURAL },
    { .letters = "pula", .class = WORD_CURRENCY, .text = "BWP", .flags = IS_OTHER_WORD },
    { .letters = "pulas", .class = WORD_CURRENCY, .text = "BWP", .flags = IS_PLURAL },
    { .letters = "dalasi", .class = WORD_CURRENCY, .text = "GMD" },
    { .letters = "dalasis", .class = WORD_CURRENCY, .text = "GMD", .flags = IS_PLURAL },
    { .letters = "leone", .class = WORD_CURRENCY, .text = "SLE", .flags = IS_OTHER_WORD },
    { .letters = "leones", .class = WORD_CURRENCY, .text = "SLE", .flags = IS_PLURAL },
    { .letters = "ariary", .class = WORD_CURRENCY, .text = "MGA" },
    { .letters = "ariarys", .class = WORD_CURRENCY, .text = "MGA", .flags = IS_PLURAL },
    { .letters = "afghani", .class = WORD_CURRENCY, .text = "AFN" },
    { .letters = "afghanis", .class = WORD_CURRENCY, .text = "AFN", .flags = IS_PLURAL },
    { .letters = "pataca", .class = WORD_CURRENCY, .text = "MOP" },
    { .letters = "patacas", .class = WORD_CURRENCY, .text = "MOP", .flags = IS_PLURAL },
    { .letters = "lari", .class = WORD_CURRENCY, .text = "GEL" },
    { .letters = "laris", .class = WORD_CURRENCY, .text = "GEL", .flags = IS_PLURAL },
    { .letters = "dram", .class = WORD_CURRENCY, .text = "AMD", .flags = IS_OTHER_WORD },
    { .letters = "drams", .class = WORD_CURRENCY, .text = "AMD", .flags = IS_PLURAL },
    { .letters = "manat", .class = WORD_CURRENCY, .text = "AZN" },
    { .letters = "manats", .class = WORD_CURRENCY, .text = "AZN", .flags = IS_PLURAL },
    { .letters = "bitcoin", .class = WORD_CURRENCY, .text = "XBT" },
    { .letters = "bitcoins", .class = WORD_CURRENCY, .text = "XBT", .flags = IS_PLURAL },
    { .letters = "sterling", .class = WORD_CURRENCY, .text = "GBP", .flags = IS_OTHER_WORD },
    { .letters = "gourde", .class = WORD_CURRENCY, .text = "HTG" },
    { .letters = "gourdes", .class = WORD_CURRENCY, .text = "HTG", .flags = IS_PLURAL },
    { .letters = "balboa", .class = WORD_CURRENCY, .text = "PAB" },
    { .letters = "balboas", .class = WORD_CURRENCY, .text = "PAB", .flags = IS_PLURAL },
    { .letters = "kina", .class = WORD_CURRENCY, .text = "PGK", .flags = IS_OTHER_WORD },
    { .letters = "kinas", .class = WORD_CURRENCY, .text = "PGK", .flags = IS_PLURAL },
    { .letters = "tala", .class = WORD_CURRENCY, .text = "WST", .flags = IS_OTHER_WORD },
    { .letters = "talas", .class = WORD_CURRENCY, .text = "WST", .flags = IS_PLURAL },
    { .letters = "vatu", .class = WORD_CURRENCY, .text = "VUV" },
    { .letters = "vatus", .class = WORD_CURRENCY, .text = "VUV", .flags = IS_PLURAL },
    { .letters = "ngultrum", .class = WORD_CURRENCY, .text = "BTN" },
    { .letters = "ngultrums", .class = WORD_CURRENCY, .text = "BTN", .flags = IS_PLURAL },
    { .letters = "rufiyaa", .class = WORD_CURRENCY, .text = "MVR" },
    { .letters = "rufiyaas", .class = WORD_CURRENCY, .text = "MVR", .flags = IS_PLURAL },
    { .letters = "somoni", .class = WORD_CURRENCY, .text = "TJS" },
    { .letters = "somonis", .class = WORD_CURRENCY, .text = "TJS", .flags = IS_PLURAL },
    { .letters = "denar", .class = WORD_CURRENCY, .text = "MKD" },
    { .letters = "denars", .class = WORD_CURRENCY, .text = "MKD", .flags = IS_PLURAL },
    { .letters = "lek", .class = WORD_CURRENCY, .text = "ALL", .flags = IS_OTHER_WORD },
    { .letters = "leks", .class = WORD_CURRENCY, .text = "ALL", .flags = IS_PLURAL },
    { .letters = "nakfa", .class = WORD_CURRENCY, .text = "ERN" },
    { .letters = "nakfas", .class = WORD_CURRENCY, .text = "ERN", .flags = IS_PLURAL },
    { .letters = "loti", .class = WORD_CURRENCY, .text = "LSL", .flags = IS_OTHER_WORD },
    { .letters = "lotis", .class = WORD_CURRENCY, .text = "LSL", .flags = IS_PLURAL },
    { .letters = "lilangeni", .class = WORD_CURRENCY, .text = "SZL" },
    { .letters = "lilangenis", .class = WORD_CURRENCY, .text = "SZL", .flags = IS_PLURAL },
    { .letters = "ouguiya", .class = WORD_CURRENCY, .text = "MRU" },
    { .letters = "ouguiyas", .class = WORD_CURRENCY, .text = "MRU", .flags = IS_PLURAL },
    { .letters = "deutschmark", .class = WORD_CURRENCY, .text = "DEM" },
    { .letters = "deutschmarks", .class = WORD_CURRENCY, .text = "DEM", .flags = IS_PLURAL },
    { .letters = "deutschemarks", .class = WORD_CURRENCY, .text = "DEM", .flags = IS_PLURAL },
    { .letters = "markka", .class = WORD_CURRENCY, .text = "FIM" },
    { .letters = "markkas", .class = WORD_CURRENCY, .text = "FIM", .flags = IS_PLURAL },
    { .letters = "markkaa", .class = WORD_CURRENCY, .text = "FIM", .flags = IS_PLURAL },
    { .letters = "guilder", .class = WORD_CURRENCY, .text = "NLG" },
    { .letters = "guilders", .class = WORD_CURRENCY, .text = "NLG", .flags = IS_PLURAL },
    { .letters = "peseta", .class = WORD_CURRENCY, .text = "ESP" },
    { .letters = "pesetas", .class = WORD_CURRENCY, .text = "ESP", .flags = IS_PLURAL },
    { .letters = "escudo", .class = WORD_CURRENCY, .text = "PTE" },
    { .letters = "escudos", .class = WORD_CURRENCY, .text = "PTE", .flags = IS_PLURAL },
    { .letters = "drachma", .class = WORD_CURRENCY, .text = "GRD" },
    { .letters = "drachmas", .class = WORD_CURRENCY, .text = "GRD", .flags = IS_PLURAL },
    { .letters = "schilling", .class = WORD_CURRENCY, .text = "ATS" },
    { .letters = "schillings", .class = WORD_CURRENCY, .text = "ATS", .flags = IS_PLURAL },
    { .letters = "kroon", .class = WORD_CURRENCY, .text = "EEK" },
    { .letters = "kroons", .class = WORD_CURRENCY, .text = "EEK", .flags = IS_PLURAL },
    { .letters = "litas", .class = WORD_CURRENCY, .text = "LTL" },
    { .letters = "mark", .class = WORD_CURRENCY, .text = "DEM", .flags = IS_OTHER_WORD },
    { .letters = "marks", .class = WORD_CURRENCY, .text = "DEM", .flags = IS_OTHER_WORD },
    { .letters = "buck", .class = WORD_CURRENCY, .text = "USD", .flags = IS_PLURAL },
    { .letters = "bucks", .class = WORD_CURRENCY, .text = "USD", .flags = IS_PLURAL },
    { .letters = "quid", .class = WORD_CURRENCY, .text = "GBP", .flags = IS_PLURAL },
    { .letters = "greenback", .class = WORD_CURRENCY, .text = "USD", .flags = IS_PLURAL },
    { .letters = "greenbacks", .class = WORD_CURRENCY, .text = "USD", .flags = IS_PLURAL },
    { .letters = "cent", .class = WORD_CENTS, .text = "USD", .other = WORD_CENT },
    { .letters = "cents", .class = WORD_CENTS, .text = "USD" },
    { .letters = "penny", .class = WORD_CENTS, .text = "GBP" },
    { .letters = "pence", .class = WORD_CENTS, .text = "GBP" },
    { .letters = "pennies", .class = WORD_CENTS, .text = "USD" },
    /* codes */
    { .letters = "aed", .class = WORD_CODE, .text = "AED", .flags = MUST_BE_UPPER | IS_PLAIN_CODE },
    { .letters = "afn", .class = WORD_CODE, .text = "AFN", .flags = MUST_BE_UPPER },
    { .letters = "all", .class = WORD_CODE, .text = "ALL", .flags = MUST_BE_UPPER | IS_OTHER_WORD },
    { .letters = "amd", .class = WORD_CODE, .text = "AMD", .flags = MUST_BE_UPPER },
    { .letters = "ang", .class = WORD_CODE, .text = "ANG", .flags = MUST_BE_UPPER },
    { .letters = "aoa", .class = WORD_CODE, .text = "AOA", .flags = MUST_BE_UPPER },
    { .letters = "ars", .class = WORD_CODE, .text = "ARS", .flags = MUST_BE_UPPER },
    { .letters = "aud", .class = WORD_CODE, .text = "AUD", .flags = MUST_BE_UPPER | IS_PLAIN_CODE },
    { .letters = "awg", .class = WORD_CODE, .text = "AWG", .flags = MUST_BE_UPPER },
    { .letters = "azn", .class = WORD_CODE, .text = "AZN", .flags = MUST_BE_UPPER },
    { .letters = "bam", .class = WORD_CODE, .text = "BAM", .flags = MUST_BE_UPPER | IS_OTHER_WORD },
    { .letters = "bbd", .class = WORD_CODE, .text = "BBD", .flags = MUST_BE_UPPER },
    { .letters = "bdt", .class = WORD_CODE, .text = "BDT", .flags = MUST_BE_UPPER },
    { .letters = "bgn", .class = WORD_CODE, .text = "BGN", .flags = MUST_BE_UPPER },
    { .letters = "bhd", .class = WORD_CODE, .text = "BHD", .flags = MUST_BE_UPPER },
    { .letters = "bif", .class = WORD_CODE, .text = "BIF", .flags = MUST_BE_UPPER },
    { .letters = "bmd", .class = WORD_CODE, .text = "BMD", .flags = MUST_BE_UPPER },
    { .letters = "bnd", .class = WORD_CODE, .text = "BND", .flags = MUST_BE_UPPER },
    { .letters = "bob", .class = WORD_CODE, .text = "BOB", .flags = MUST_BE_UPPER },
    { .letters = "brl", .class = WORD_CODE, .text = "BRL", .flags = MUST_BE_UPPER | IS_PLAIN_CODE },
    { .letters = "bsd", .class = WORD_CODE, .text = "BSD", .flags = MUST_BE_UPPER },
    { .letters = "btn", .class = WORD_CODE, .text = "BTN", .flags = MUST_BE_UPPER },
    { .letters = "bwp", .class = WORD_CODE, .text = "BWP", .flags = MUST_BE_UPPER },
    { .letters = "byn", .class = WORD_CODE, .text = "BYN", .flags = MUST_BE_UPPER },
    { .letters = "bzd", .class = WORD_CODE, .text = "BZD", .flags = MUST_BE_UPPER },
    { .letters = "cad", .class = WORD_CODE, .text = "CAD", .flags = MUST_BE_UPPER },
    { .letters = "cdf", .class = WORD_CODE, .text = "CDF", .flags = MUST_BE_UPPER },
    { .letters = "chf", .class = WORD_CODE, .text = "CHF", .flags = MUST_BE_UPPER | IS_PLAIN_CODE },
    { .letters = "clp", .class = WORD_CODE, .text = "CLP", .flags = MUST_BE_UPPER },
    { .letters = "cny", .class = WORD_CODE, .text = "CNY", .flags = MUST_BE_UPPER | IS_PLAIN_CODE },
    { .letters = "cop", .class = WORD_CODE, .text = "COP", .flags = MUST_BE_UPPER | IS_OTHER_WORD },
    { .letters = "crc", .class = WORD_CODE, .text = "CRC", .flags = MUST_BE_UPPER },
    { .letters = "cve", .class = WORD_CODE, .text = "CVE", .flags = MUST_BE_UPPER },
    { .letters = "czk", .class = WORD_CODE, .text = "CZK", .flags = MUST_BE_UPPER | IS_PLAIN_CODE },
    { .letters = "djf", .class = WORD_CODE, .text = "DJF", .flags = MUST_BE_UPPER },
    { .letters = "dkk", .class = WORD_CODE, .text = "DKK", .flags = MUST_BE_UPPER | IS_PLAIN_CODE },
    { .letters = "dop", .class = WORD_CODE, .text = "DOP", .flags = MUST_BE_UPPER },
    { .letters = "dzd", .class = WORD_CODE, .text = "DZD", .flags = MUST_BE_UPPER },
    { .letters = "egp", .class = WORD_CODE, .text = "EGP", .flags = MUST_BE_UPPER },
    { .letters = "ern", .class = WORD_CODE, .text = "ERN", .flags = MUST_BE_UPPER },
    { .letters = "etb", .class = WORD_CODE, .text = "ETB", .flags = MUST_BE_UPPER },
    { .letters = "eur", .class = WORD_CODE, .text = "EUR", .flags = MUST_BE_UPPER | IS_PLAIN_CODE },
    { .letters = "fjd", .class = WORD_CODE, .text = "FJD", .flags = MUST_BE_UPPER },
    { .letters = "fkp", .class = WORD_CODE, .text = "FKP", .flags = MUST_BE_UPPER },
    { .letters = "gbp", .class = WORD_CODE, .text = "GBP", .flags = MUST_BE_UPPER | IS_PLAIN_CODE },
    { .letters = "gel", .class = WORD_CODE, .text = "GEL", .flags = MUST_BE_UPPER },
    { .letters = "ghs", .class = WORD_CODE, .text = "GHS", .flags = MUST_BE_UPPER },
    { .letters = "gip", .class = WORD_CODE, .text = "GIP", .flags = MUST_BE_UPPER | IS_OTHER_WORD },
    { .letters = "gmd", .class = WORD_CODE, .text = "GMD", .flags = MUST_BE_UPPER },
    { .letters = "gnf", .class = WORD_CODE, .text = "GNF", .flags = MUST_BE_UPPER },
    { .letters = "gtq", .class = WORD_CODE, .text = "GTQ", .flags = MUST_BE_UPPER },
    { .letters = "gyd", .class = WORD_CODE, .text = "GYD", .flags = MUST_BE_UPPER },
    { .letters = "hkd", .class = WORD_CODE, .text = "HKD", .flags = MUST_BE_UPPER | IS_PLAIN_CODE },
    { .letters = "hnl", .class = WORD_CODE, .text = "HNL", .flags = MUST_BE_UPPER },
    { .letters = "htg", .class = WORD_CODE, .text = "HTG", .flags = MUST_BE_UPPER },
    { .letters = "huf", .class = WORD_CODE, .text = "HUF", .flags = MUST_BE_UPPER | IS_PLAIN_CODE },
    { .letters = "idr", .class = WORD_CODE, .text = "IDR", .flags = MUST_BE_UPPER | IS_PLAIN_CODE },
    { .letters = "ils", .class = WORD_CODE, .text = "ILS", .flags = MUST_BE_UPPER },
    { .letters = "inr", .class = WORD_CODE, .text = "INR", .flags = MUST_BE_UPPER | IS_PLAIN_CODE },
    { .letters = "iqd", .class = WORD_CODE, .text = "IQD", .flags = MUST_BE_UPPER },
    { .letters = "irr", .class = WORD_CODE, .text = "IRR", .flags = MUST_BE_UPPER },
    { .letters = "isk", .class = WORD_CODE, .text = "ISK", .flags = MUST_BE_UPPER },
    { .letters = "jmd", .class = WORD_CODE, .text = "JMD", .flags = MUST_BE_UPPER },
    { .letters = "jod", .class = WORD_CODE, .text = "JOD", .flags = MUST_BE_UPPER },
    { .letters = "jpy", .class = WORD_CODE, .text = "JPY", .flags = MUST_BE_UPPER | IS_PLAIN_CODE },
    { .letters = "kes", .class = WORD_CODE, .text = "KES", .flags = MUST_BE_UPPER },
    { .letters = "khr", .class = WORD_CODE, .text = "KHR", .flags = MUST_BE_UPPER },
    { .letters = "kmf", .class = WORD_CODE, .text = "KMF", .flags = MUST_BE_UPPER },
    { .letters = "kpw", .class = WORD_CODE, .text = "KPW", .flags = MUST_BE_UPPER },
    { .letters = "krw", .class = WORD_CODE, .text = "KRW", .flags = MUST_BE_UPPER | IS_PLAIN_CODE },
    { .letters = "kwd", .class = WORD_CODE, .text = "KWD", .flags = MUST_BE_UPPER },
    { .letters = "kyd", .class = WORD_CODE, .text = "KYD", .flags = MUST_BE_UPPER },
    { .letters = "kzt", .class = WORD_CODE, .text = "KZT", .flags = MUST_BE_UPPER },
    { .letters = "lak", .class = WORD_CODE, .text = "LAK", .flags = MUST_BE_UPPER | IS_OTHER_WORD },
    { .letters = "lbp", .class = WORD_CODE, .text = "LBP", .flags = MUST_BE_UPPER },
    { .letters = "lkr", .class = WORD_CODE, .text = "LKR", .flags = MUST_BE_UPPER },
    { .letters = "lrd", .class = WORD_CODE, .text = "LRD", .flags = MUST_BE_UPPER },
    { .letters = "lsl", .class = WORD_CODE, .text = "LSL", .flags = MUST_BE_UPPER },
    { .letters = "lyd", .class = WORD_CODE, .text = "LYD", .flags = MUST_BE_UPPER },
    { .letters = "mad", .class = WORD_CODE, .text = "MAD", .flags = MUST_BE_UPPER | IS_OTHER_WORD },
    { .letters = "mdl", .class = WORD_CODE, .text = "MDL", .flags = MUST_BE_UPPER },
    { .letters = "mga", .class = WORD_CODE, .text = "MGA", .flags = MUST_BE_UPPER },
    { .letters = "mkd", .class = WORD_CODE, .text = "MKD", .flags = MUST_BE_UPPER },
    { .letters = "mmk", .class = WORD_CODE, .text = "MMK", .flags = MUST_BE_UPPER },
    { .letters = "mnt", .class = WORD_CODE, .text = "MNT", .flags = MUST_BE_UPPER },
    { .letters = "mop", .class = WORD_CODE, .text = "MOP", .flags = MUST_BE_UPPER },
    { .letters = "mru", .class = WORD_CODE, .text = "MRU", .flags = MUST_BE_UPPER },
    { .letters = "mur", .class = WORD_CODE, .text = "MUR", .flags = MUST_BE_UPPER },
    { .letters = "mvr", .class = WORD_CODE, .text = "MVR", .flags = MUST_BE_UPPER },
    { .letters = "mwk", .class = WORD_CODE, .text = "MWK", .flags = MUST_BE_UPPER },
    { .letters = "mxn", .class = WORD_CODE, .text = "MXN", .flags = MUST_BE_UPPER | IS_PLAIN_CODE },
    { .letters = "myr", .class = WORD_CODE, .text = "MYR", .flags = MUST_BE_UPPER | IS_PLAIN_CODE },
    { .letters = "mzn", .class = WORD_CODE, .text = "MZN", .flags = MUST_BE_UPPER },
    { .letters = "nad", .class = WORD_CODE, .text = "NAD", .flags = MUST_BE_UPPER },
    { .letters = "ngn", .class = WORD_CODE, .text = "NGN", .flags = MUST_BE_UPPER },
    { .letters = "nio", .class = WORD_CODE, .text = "NIO", .flags = MUST_BE_UPPER },
    { .letters = "nok", .class = WORD_CODE, .text = "NOK", .flags = MUST_BE_UPPER },
    { .letters = "npr", .class = WORD_CODE, .text = "NPR", .flags = MUST_BE_UPPER },
    { .letters = "nzd", .class = WORD_CODE, .text = "NZD", .flags = MUST_BE_UPPER | IS_PLAIN_CODE },
    { .letters = "omr", .class = WORD_CODE, .text = "OMR", .flags = MUST_BE_UPPER },
    { .letters = "pab", .class = WORD_CODE, .text = "PAB", .flags = MUST_BE_UPPER },
    { .letters = "pen", .class = WORD_CODE, .text = "PEN", .flags = MUST_BE_UPPER | IS_OTHER_WORD },
    { .letters = "pgk", .class = WORD_CODE, .text = "PGK", .flags = MUST_BE_UPPER },
    { .letters = "php", .class = WORD_CODE, .text = "PHP", .flags = MUST_BE_UPPER | IS_PLAIN_CODE },
    { .letters = "pkr", .class = WORD_CODE, .text = "PKR", .flags = MUST_BE_UPPER },
    { .letters = "pln", .class = WORD_CODE, .text = "PLN", .flags = MUST_BE_UPPER | IS_PLAIN_CODE },
    { .letters = "pyg", .class = WORD_CODE, .text = "PYG", .flags = MUST_BE_UPPER },
    { .letters = "qar", .class = WORD_CODE, .text = "QAR", .flags = MUST_BE_UPPER },
    { .letters = "ron", .class = WORD_CODE, .text = "RON", .flags = MUST_BE_UPPER },
    { .letters = "rsd", .class = WORD_CODE, .text = "RSD", .flags = MUST_BE_UPPER },
    { .letters = "rub", .class = WORD_CODE, .text = "RUB", .flags = MUST_BE_UPPER },
    { .letters = "rwf", .class = WORD_CODE, .text = "RWF", .flags = MUST_BE_UPPER },
    { .letters = "sar", .class = WORD_CODE, .text = "SAR", .flags = MUST_BE_UPPER },
    { .letters = "sbd", .class = WORD_CODE, .text = "SBD", .flags = MUST_BE_UPPER },
    { .letters = "scr", .class = WORD_CODE, .text = "SCR", .flags = MUST_BE_UPPER },
    { .letters = "sdg", .class = WORD_CODE, .text = "SDG", .flags = MUST_BE_UPPER },
    { .letters = "sek", .class = WORD_CODE, .text = "SEK", .flags = MUST_BE_UPPER | IS_PLAIN_CODE },
    { .letters = "sgd", .class = WORD_CODE, .text = "SGD", .flags = MUST_BE_UPPER | IS_PLAIN_CODE },
    { .letters = "shp", .class = WORD_CODE, .text = "SHP", .flags = MUST_BE_UPPER },
    { .letters = "sle", .class = WORD_CODE, .text = "SLE", .flags = MUST_BE_UPPER },
    { .letters = "sos", .class = WORD_CODE, .text = "SOS", .flags = MUST_BE_UPPER | IS_OTHER_WORD },
    { .letters = "srd", .class = WORD_CODE, .text = "SRD", .flags = MUST_BE_UPPER },
    { .letters = "ssp", .class = WORD_CODE, .text = "SSP", .flags = MUST_BE_UPPER },
    { .letters = "stn", .class = WORD_CODE, .text = "STN", .flags = MUST_BE_UPPER },
    { .letters = "svc", .class = WORD_CODE, .text = "SVC", .flags = MUST_BE_UPPER },
    { .letters = "syp", .class = WORD_CODE, .text = "SYP", .flags = MUST_BE_UPPER },
    { .letters = "szl", .class = WORD_CODE, .text = "SZL", .flags = MUST_BE_UPPER },
    { .letters = "thb", .class = WORD_CODE, .text = "THB", .flags = MUST_BE_UPPER | IS_PLAIN_CODE },
    { .letters = "tjs", .class = WORD_CODE, .text = "TJS", .flags = MUST_BE_UPPER },
    { .letters = "tmt", .class = WORD_CODE, .text = "TMT", .flags = MUST_BE_UPPER },
    { .letters = "tnd", .class = WORD_CODE, .text = "TND", .flags = MUST_BE_UPPER },
    { .letters = "top", .class = WORD_CODE, .text = "TOP", .flags = MUST_BE_UPPER | IS_OTHER_WORD },
    { .letters = "try", .class = WORD_CODE, .text = "TRY", .flags = MUST_BE_UPPER | IS_OTHER_WORD },
    { .letters = "ttd", .class = WORD_CODE, .text = "TTD", .flags = MUST_BE_UPPER },
    { .letters = "twd", .class = WORD_CODE, .text = "TWD", .flags = MUST_BE_UPPER | IS_PLAIN_CODE },
    { .letters = "tzs", .class = WORD_CODE, .text = "TZS", .flags = MUST_BE_UPPER },
    { .letters = "uah", .class = WORD_CODE, .text = "UAH", .flags = MUST_BE_UPPER },
    { .letters = "ugx", .class = WORD_CODE, .text = "UGX", .flags = MUST_BE_UPPER },
    { .letters = "usd", .class = WORD_CODE, .text = "USD", .flags = MUST_BE_UPPER | IS_PLAIN_CODE },
    { .letters = "uyu", .class = WORD_CODE, .text = "UYU", .flags = MUST_BE_UPPER },
    { .letters = "uzs", .class = WORD_CODE, .text = "UZS", .flags = MUST_BE_UPPER },
    { .letters = "ves", .class = WORD_CODE, .text = "VES", .flags = MUST_BE_UPPER },
    { .letters = "vnd", .class = WORD_CODE, .text = "VND", .flags = MUST_BE_UPPER | IS_PLAIN_CODE },
    { .letters = "vuv", .class = WORD_CODE, .text = "VUV", .flags = MUST_BE_UPPER },
    { .letters = "wst", .class = WORD_CODE, .text = "WST", .flags = MUST_BE_UPPER },
    { .letters = "xaf", .class = WORD_CODE, .text = "XAF", .flags = MUST_BE_UPPER },
    { .letters = "xcd", .class = WORD_CODE, .text = "XCD", .flags = MUST_BE_UPPER },
    { .letters = "xof", .class = WORD_CODE, .text = "XOF", .flags = MUST_BE_UPPER },
    { .letters = "xpf", .class = WORD_CODE, .text = "XPF", .flags = MUST_BE_UPPER },
    { .letters = "yer", .class = WORD_CODE, .text = "YER", .flags = MUST_BE_UPPER },
    { .letters = "zar", .class = WORD_CODE, .text = "ZAR", .flags = MUST_BE_UPPER | IS_PLAIN_CODE },
    { .letters = "zmw", .class = WORD_CODE, .text = "ZMW", .flags = MUST_BE_UPPER },
    { .letters = "zwl", .class = WORD_CODE, .text = "ZWL", .flags = MUST_BE_UPPER },
    { .letters = "btc", .class = WORD_CODE, .text = "XBT", .flags = MUST_BE_UPPER | IS_PLAIN_CODE },
    { .letters = "eth", .class = WORD_CODE, .text = "ETH", .flags = MUST_BE_UPPER | IS_OTHER_WORD },
    { .letters = "rmb", .class = WORD_CODE, .text = "CNY", .flags = MUST_BE_UPPER | IS_PLAIN_CODE },
    /* marks, written before the number */
    { .letters = "rs", .class = WORD_MARK, .text = "INR", .flags = MUST_BE_CAPITAL },
    { .letters = "ksh", .class = WORD_MARK, .text = "KES", .flags = MUST_BE_CAPITAL },
    { .letters = "kshs", .class = WORD_MARK, .text = "KES", .flags = MUST_BE_CAPITAL },
    { .letters = "ush", .class = WORD_MARK, .text = "UGX", .flags = MUST_BE_CAPITAL },
    { .letters = "ushs", .class = WORD_MARK, .text = "UGX", .flags = MUST_BE_CAPITAL },
    { .letters = "tsh", .class = WORD_MARK, .text = "TZS", .flags = MUST_BE_CAPITAL },
    { .letters = "shs", .class = WORD_MARK, .text = "KES", .flags = MUST_BE_CAPITAL },
    { .letters = "tk", .class = WORD_MARK, .text = "BDT", .flags = MUST_BE_CAPITAL },
    { .letters = "dh", .class = WORD_MARK, .text = "AED", .flags = MUST_BE_CAPITAL },
    { .letters = "dhs", .class = WORD_MARK, .text = "AED", .flags = MUST_BE_CAPITAL },
    { .letters = "sr", .class = WORD_MARK, .text = "SAR", .flags = MUST_BE_UPPER | IS_OTHER_WORD },
    { .letters = "qr", .class = WORD_MARK, .text = "QAR", .flags = MUST_BE_UPPER | IS_OTHER_WORD },
    { .letters = "kd", .class = WORD_MARK, .text = "KWD", .flags = MUST_BE_UPPER },
    { .letters = "bd", .class = WORD_MARK, .text = "BHD", .flags = MUST_BE_UPPER | IS_OTHER_WORD },
    { .letters = "le", .class = WORD_MARK, .text = "EGP", .flags = MUST_BE_UPPER | IS_OTHER_WORD },
    { .letters = "rm", .class = WORD_MARK, .text = "MYR", .flags = MUST_BE_UPPER },
    { .letters = "rp", .class = WORD_MARK, .text = "IDR", .flags = MUST_BE_CAPITAL },
    { .letters = "nrs", .class = WORD_MARK, .text = "NPR", .flags = MUST_BE_CAPITAL },
    { .letters = "frw", .class = WORD_MARK, .text = "RWF" },
    { .letters = "fcfa", .class = WORD_MARK, .text = "XOF", .flags = MUST_BE_UPPER },
    { .letters = "cfa", .class = WORD_CURRENCY, .text = "XOF", .flags = MUST_BE_UPPER },
    { .letters = "n", .class = WORD_MARK, .text = "NGN", .flags = MUST_BE_UPPER | MUST_BE_GLUED | IS_OTHER_WORD },
    { .letters = "r", .class = WORD_MARK, .text = "ZAR", .flags = MUST_BE_UPPER | MUST_BE_GLUED | IS_OTHER_WORD },
    { .letters = "p", .class = WORD_MARK, .text = "PHP", .flags = MUST_BE_UPPER | MUST_BE_GLUED | IS_OTHER_WORD },
    { .letters = "fr", .class = WORD_MARK, .text = "CHF", .flags = MUST_BE_CAPITAL | IS_OTHER_WORD },
    { .letters = "zk", .class = WORD_MARK, .text = "ZMW", .flags = MUST_BE_UPPER },
    { .letters = "mk", .class = WORD_MARK, .text = "MWK", .flags = MUST_BE_UPPER | IS_OTHER_WORD },
    { .letters = "re", .class = WORD_MARK, .text = "INR", .flags = MUST_BE_CAPITAL | IS_OTHER_WORD },
    { .letters = "kr", .class = WORD_MARK, .text = "SEK" },
    /* whose */
    { .letters = "us", .class = WORD_NATION, .text = "US", .flags = MUST_BE_CAPITAL },
    { .letters = "american", .class = WORD_NATION, .text = "US", .flags = MUST_BE_CAPITAL },
    { .letters = "australian", .class = WORD_NATION, .text = "AU", .flags = MUST_BE_CAPITAL },
    { .letters = "aussie", .class = WORD_NATION, .text = "AU", .flags = MUST_BE_CAPITAL },
    { .letters = "canadian", .class = WORD_NATION, .text = "CA", .flags = MUST_BE_CAPITAL },
    { .letters = "zealand", .class = WORD_NATION, .text = "NZ", .flags = MUST_BE_CAPITAL },
    { .letters = "kong", .class = WORD_NATION, .text = "HK", .flags = MUST_BE_CAPITAL },
    { .letters = "singapore", .class = WORD_NATION, .text = "SG", .flags = MUST_BE_CAPITAL },
    { .letters = "singaporean", .class = WORD_NATION, .text = "SG", .flags = MUST_BE_CAPITAL },
    { .letters = "taiwan", .class = WORD_NATION, .text = "TW", .flags = MUST_BE_CAPITAL },
    { .letters = "taiwanese", .class = WORD_NATION, .text = "TW", .flags = MUST_BE_CAPITAL },
    { .letters = "jamaican", .class = WORD_NATION, .text = "JM", .flags = MUST_BE_CAPITAL },
    { .letters = "barbadian", .class = WORD_NATION, .text = "BB", .flags = MUST_BE_CAPITAL },
    { .letters = "namibian", .class = WORD_NATION, .text = "NA", .flags = MUST_BE_CAPITAL },
    { .letters = "zimbabwean", .class = WORD_NATION, .text = "ZW", .flags = MUST_BE_CAPITAL },
    { .letters = "zimbabwe", .class = WORD_NATION, .text = "ZW", .flags = MUST_BE_CAPITAL },
    { .letters = "fijian", .class = WORD_NATION, .text = "FJ", .flags = MUST_BE_CAPITAL },
    { .letters = "bahamian", .class = WORD_NATION, .text = "BS", .flags = MUST_BE_CAPITAL },
    { .letters = "brunei", .class = WORD_NATION, .text = "BN", .flags = MUST_BE_CAPITAL },
    { .letters = "trinidadian", .class = WORD_NATION, .text = "TT", .flags = MUST_BE_CAPITAL },
    { .letters = "guyanese", .class = WORD_NATION, .text = "GY", .flags = MUST_BE_CAPITAL },
    { .letters = "liberian", .class = WORD_NATION, .text = "LR", .flags = MUST_BE_CAPITAL },
    { .letters = "british", .class = WORD_NATION, .text = "GB", .flags = MUST_BE_CAPITAL },
    { .letters = "uk", .class = WORD_NATION, .text = "GB", .flags = MUST_BE_CAPITAL },
    { .letters = "egyptian", .class = WORD_NATION, .text = "EG", .flags = MUST_BE_CAPITAL },
    { .letters = "syrian", .class = WORD_NATION, .text = "SY", .flags = MUST_BE_CAPITAL },
    { .letters = "lebanese", .class = WORD_NATION, .text = "LB", .flags = MUST_BE_CAPITAL },
    { .letters = "sudanese", .class = WORD_NATION, .text = "SD", .flags = MUST_BE_CAPITAL },
    { .letters = "indian", .class = WORD_NATION, .text = "IN", .flags = MUST_BE_CAPITAL },
    { .letters = "pakistani", .class = WORD_NATION, .text = "PK", .flags = MUST_BE_CAPITAL },
    { .letters = "nepali", .class = WORD_NATION, .text = "NP", .flags = MUST_BE_CAPITAL },
    { .letters = "nepalese", .class = WORD_NATION, .text = "NP", .flags = MUST_BE_CAPITAL },
    { .letters = "lankan", .class = WORD_NATION, .text = "LK", .flags = MUST_BE_CAPITAL },
    { .letters = "mauritian", .class = WORD_NATION, .text = "MU", .flags = MUST_BE_CAPITAL },
    { .letters = "seychelles", .class = WORD_NATION, .text = "SC", .flags = MUST_BE_CAPITAL },
    { .letters = "kenyan", .class = WORD_NATION, .text = "KE", .flags = MUST_BE_CAPITAL },
    { .letters = "ugandan", .class = WORD_NATION, .text = "UG", .flags = MUST_BE_CAPITAL },
    { .letters = "tanzanian", .class = WORD_NATION, .text = "TZ", .flags = MUST_BE_CAPITAL },
    { .letters = "somali", .class = WORD_NATION, .text = "SO", .flags = MUST_BE_CAPITAL },
    { .letters = "mexican", .class = WORD_NATION, .text = "MX", .flags = MUST_BE_CAPITAL },
    { .letters = "philippine", .class = WORD_NATION, .text = "PH", .flags = MUST_BE_CAPITAL },
    { .letters = "filipino", .class = WORD_NATION, .text = "PH", .flags = MUST_BE_CAPITAL },
    { .letters = "argentine", .class = WORD_NATION, .text = "AR", .flags = MUST_BE_CAPITAL },
    { .letters = "argentinian", .class = WORD_NATION, .text = "AR", .flags = MUST_BE_CAPITAL },
    { .letters = "chilean", .class = WORD_NATION, .text = "CL", .flags = MUST_BE_CAPITAL },
    { .letters = "colombian", .class = WORD_NATION, .text = "CO", .flags = MUST_BE_CAPITAL },
    { .letters = "cuban", .class = WORD_NATION, .text = "CU", .flags = MUST_BE_CAPITAL },
    { .letters = "dominican", .class = WORD_NATION, .text = "DO", .flags = MUST_BE_CAPITAL },
    { .letters = "uruguayan", .class = WORD_NATION, .text = "UY", .flags = MUST_BE_CAPITAL },
    { .letters = "swiss", .class = WORD_NATION, .text = "CH", .flags = MUST_BE_CAPITAL },
    { .letters = "congolese", .class = WORD_NATION, .text = "CD", .flags = MUST_BE_CAPITAL },
    { .letters = "rwandan", .class = WORD_NATION, .text = "RW", .flags = MUST_BE_CAPITAL },
    { .letters = "burundian", .class = WORD_NATION, .text = "BI", .flags = MUST_BE_CAPITAL },
    { .letters = "swedish", .class = WORD_NATION, .text = "SE", .flags = MUST_BE_CAPITAL },
    { .letters = "norwegian", .class = WORD_NATION, .text = "NO", .flags = MUST_BE_CAPITAL },
    { .letters = "danish", .class = WORD_NATION, .text = "DK", .flags = MUST_BE_CAPITAL },
    { .letters = "icelandic", .class = WORD_NATION, .text = "IS", .flags = MUST_BE_CAPITAL },
    { .letters = "czech", .class = WORD_NATION, .text = "CZ", .flags = MUST_BE_CAPITAL },
    { .letters = "turkish", .class = WORD_NATION, .text = "TR", .flags = MUST_BE_CAPITAL },
    { .letters = "kuwaiti", .class = WORD_NATION, .text = "KW", .flags = MUST_BE_CAPITAL },
    { .letters = "bahraini", .class = WORD_NATION, .text = "BH", .flags = MUST_BE_CAPITAL },
    { .letters = "jordanian", .class = WORD_NATION, .text = "JO", .flags = MUST_BE_CAPITAL },
    { .letters = "iraqi", .class = WORD_NATION, .text = "IQ", .flags = MUST_BE_CAPITAL },
    { .letters = "tunisian", .class = WORD_NATION, .text = "TN", .flags = MUST_BE_CAPITAL },
    { .letters = "algerian", .class = WORD_NATION, .text = "DZ", .flags = MUST_BE_CAPITAL },
    { .letters = "libyan", .class = WORD_NATION, .text = "LY", .flags = MUST_BE_CAPITAL },
    { .letters = "serbian", .class = WORD_NATION, .text = "RS", .flags = MUST_BE_CAPITAL },
    { .letters = "saudi", .class = WORD_NATION, .text = "SA", .flags = MUST_BE_CAPITAL },
    { .letters = "qatari", .class = WORD_NATION, .text = "QA", .flags = MUST_BE_CAPITAL },
    { .letters = "omani", .class = WORD_NATION, .text = "OM", .flags = MUST_BE_CAPITAL },
    { .letters = "yemeni", .class = WORD_NATION, .text = "YE", .flags = MUST_BE_CAPITAL },
    { .letters = "iranian", .class = WORD_NATION, .text = "IR", .flags = MUST_BE_CAPITAL },
    { .letters = "emirati", .class = WORD_NATION, .text = "AE", .flags = MUST_BE_CAPITAL },
    { .letters = "deutsche", .class = WORD_NATION, .text = "DE", .flags = MUST_BE_CAPITAL },
    { .letters = "german", .class = WORD_NATION, .text = "DE", .flags = MUST_BE_CAPITAL },
    { .letters = "finnish", .class = WORD_NATION, .text = "FI", .flags = MUST_BE_CAPITAL },
    { .letters = "french", .class = WORD_NATION, .text = "FR", .flags = MUST_BE_CAPITAL },
    { .letters = "belgian", .class = WORD_NATION, .text = "BE", .flags = MUST_BE_CAPITAL },
    { .letters = "italian", .class = WORD_NATION, .text = "IT", .flags = MUST_BE_CAPITAL },
    { .letters = "spanish", .class = WORD_NATION, .text = "ES", .flags = MUST_BE_CAPITAL },
    { .letters = "dutch", .class = WORD_NATION, .text = "NL", .flags = MUST_BE_CAPITAL },
    { .letters = "austrian", .class = WORD_NATION, .text = "AT", .flags = MUST_BE_CAPITAL },
    { .letters = "greek", .class = WORD_NATION, .text = "GR", .flags = MUST_BE_CAPITAL },
    { .letters = "irish", .class = WORD_NATION, .text = "IE", .flags = MUST_BE_CAPITAL },
    { .letters = "portuguese", .class = WORD_NATION, .text = "PT", .flags = MUST_BE_CAPITAL },
    { .letters = "luxembourg", .class = WORD_NATION, .text = "LU", .flags = MUST_BE_CAPITAL },
    { .letters = "uae", .class = WORD_NATION, .text = "AE", .flags = MUST_BE_CAPITAL },
    { .letters = "moroccan", .class = WORD_NATION, .text = "MA", .flags = MUST_BE_CAPITAL },
    { .letters = "korean", .class = WORD_NATION, .text = "KR", .flags = MUST_BE_CAPITAL },
    { .letters = "japanese", .class = WORD_NATION, .text = "JP", .flags = MUST_BE_CAPITAL },
    { .letters = "chinese", .class = WORD_NATION, .text = "CN", .flags = MUST_BE_CAPITAL },
    { .letters = "russian", .class = WORD_NATION, .text = "RU", .flags = MUST_BE_CAPITAL },
    { .letters = "belarusian", .class = WORD_NATION, .text = "BY", .flags = MUST_BE_CAPITAL },
    { .letters = "thai", .class = WORD_NATION, .text = "TH", .flags = MUST_BE_CAPITAL },
    { .letters = "malaysian", .class = WORD_NATION, .text = "MY", .flags = MUST_BE_CAPITAL },
    { .letters = "indonesian", .class = WORD_NATION, .text = "ID", .flags = MUST_BE_CAPITAL },
    { .letters = "vietnamese", .class = WORD_NATION, .text = "VN", .flags = MUST_BE_CAPITAL },
    { .letters = "israeli", .class = WORD_NATION, .text = "IL", .flags = MUST_BE_CAPITAL },
    { .letters = "nigerian", .class = WORD_NATION, .text = "NG", .flags = MUST_BE_CAPITAL },
    { .letters = "ghanaian", .class = WORD_NATION, .text = "GH", .flags = MUST_BE_CAPITAL },
    { .letters = "african", .class = WORD_NATION, .text = "ZA", .flags = MUST_BE_CAPITAL },
    { .letters = "ethiopian", .class = WORD_NATION, .text = "ET", .flags = MUST_BE_CAPITAL },
    { .letters = "ukrainian", .class = WORD_NATION, .text = "UA", .flags = MUST_BE_CAPITAL },
    { .letters = "polish", .class = WORD_NATION, .text = "PL", .flags = MUST_BE_CAPITAL },
    { .letters = "hungarian", .class = WORD_NATION, .text = "HU", .flags = MUST_BE_CAPITAL },
    { .letters = "romanian", .class = WORD_NATION, .text = "RO", .flags = MUST_BE_CAPITAL },
    { .letters = "bulgarian", .class = WORD_NATION, .text = "BG", .flags = MUST_BE_CAPITAL },
    { .letters = "brazilian", .class = WORD_NATION, .text = "BR", .flags = MUST_BE_CAPITAL },
    { .letters = "peruvian", .class = WORD_NATION, .text = "PE", .flags = MUST_BE_CAPITAL },
    { .letters = "venezuelan", .class = WORD_NATION, .text = "VE", .flags = MUST_BE_CAPITAL },
    { .letters = "zambian", .class = WORD_NATION, .text = "ZM", .flags = MUST_BE_CAPITAL },
    { .letters = "malawian", .class = WORD_NATION, .text = "MW", .flags = MUST_BE_CAPITAL },
    { .letters = "angolan", .class = WORD_NATION, .text = "AO", .flags = MUST_BE_CAPITAL },
    { .letters = "afghan", .class = WORD_NATION, .text = "AF", .flags = MUST_BE_CAPITAL },
    { .letters = "bangladeshi", .class = WORD_NATION, .text = "BD", .flags = MUST_BE_CAPITAL },
};
/* clang-format on */

const struct words currency_words = { list, sizeof list / sizeof list[0] };

/* Currencies that several countries have under one name, by country: the last letter of the code, mostly, and always
 * what the country's code makes of it. */
static const struct {
    const char nation[3], noun[10], code[4];
} national[] = {
    { "AU", "dollar", "AUD" },   { "CA", "dollar", "CAD" },   { "NZ", "dollar", "NZD" },   { "HK", "dollar", "HKD" },
    { "SG", "dollar", "SGD" },   { "TW", "dollar", "TWD" },   { "JM", "dollar", "JMD" },   { "BB", "dollar", "BBD" },
    { "NA", "dollar", "NAD" },   { "ZW", "dollar", "ZWL" },   { "FJ", "dollar", "FJD" },   { "BS", "dollar", "BSD" },
    { "BN", "dollar", "BND" },   { "TT", "dollar", "TTD" },   { "GY", "dollar", "GYD" },   { "LR", "dollar", "LRD" },
    { "US", "dollar", "USD" },   { "EG", "pound", "EGP" },    { "SY", "pound", "SYP" },    { "LB", "pound", "LBP" },
    { "SD", "pound", "SDG" },    { "GB", "pound", "GBP" },    { "IN", "rupee", "INR" },    { "PK", "rupee", "PKR" },
    { "NP", "rupee", "NPR" },    { "LK", "rupee", "LKR" },    { "MU", "rupee", "MUR" },    { "SC", "rupee", "SCR" },
    { "KE", "shilling", "KES" }, { "UG", "shilling", "UGX" }, { "TZ", "shilling", "TZS" }, { "SO", "shilling", "SOS" },
    { "MX", "peso", "MXN" },     { "PH", "peso", "PHP" },     { "AR", "peso", "ARS" },     { "CL", "peso", "CLP" },
    { "CO", "peso", "COP" },     { "CU", "peso", "CUP" },     { "DO", "peso", "DOP" },     { "UY", "peso", "UYU" },
    { "CH", "franc", "CHF" },    { "CD", "franc", "CDF" },    { "RW", "franc", "RWF" },    { "BI", "franc", "BIF" },
    { "SE", "krona", "SEK" },    { "IS", "krona", "ISK" },    { "NO", "krone", "NOK" },    { "DK", "krone", "DKK" },
    { "KW", "dinar", "KWD" },    { "BH", "dinar", "BHD" },    { "JO", "dinar", "JOD" },    { "IQ", "dinar", "IQD" },
    { "TN", "dinar", "TND" },    { "DZ", "dinar", "DZD" },    { "LY", "dinar", "LYD" },    { "RS", "dinar", "RSD" },
    { "SA", "riyal", "SAR" },    { "QA", "riyal", "QAR" },    { "OM", "riyal", "OMR" },    { "YE", "riyal", "YER" },
    { "IR", "rial", "IRR" },     { "OM", "rial", "OMR" },     { "YE", "rial", "YER" },     { "AE", "dirham", "AED" },
    { "MA", "dirham", "MAD" },   { "RU", "ruble", "RUB" },    { "BY", "ruble", "BYN" },    { "RU", "rouble", "RUB" },
    { "BY", "rouble", "BYN" },   { "DE", "mark", "DEM" },     { "FI", "mark", "FIM" },     { "FR", "franc", "FRF" },
    { "BE", "franc", "BEF" },    { "LU", "franc", "LUF" },    { "IT", "lir", "ITL" },      { "IE", "pound", "IEP" },
    { "TR", "lir", "TRY" },      { "ZM", "kwacha", "ZMW" },   { "MW", "kwacha", "MWK" },
};

/* "Rupees" is "rupee" with more behind it; "kronor" and "kroner" share but their first letters. */
static bool is_form_of(const char *word, const char *noun)
{
    size_t length = strlen(noun);

    if (strncmp(noun, "kron", 4) == 0)
        return strncmp(word, "kron", 4) == 0;
    return strncmp(word, noun, length) == 0;
}

const char *currency_of(const char *nation, const struct word *currency)
{
    for (size_t i = 0; i < sizeof national / sizeof national[0]; i++)
        if (strcmp(national[i].nation, nation) == 0 && is_form_of(currency->letters, national[i].noun))
            return national[i].code;
    return currency->text;
}

const char *currency_of_cents(const char *nation)
{
    for (size_t i = 0; i < sizeof national / sizeof national[0]; i++)
        if (strcmp(national[i].nation, nation) == 0 && strcmp(national[i].noun, "dollar") == 0)
            return national[i].code;
    return "EUR";
}

/* Signs (Unicode's block Currency Symbols, and those of Latin-1 and Thai). */
const char *currency_of_sign(uint32_t point)
{
    switch (point) {
    case '$':
    case 0xFF04:
        return "USD";
    case 0xA3:
    case 0x20A4:
    case 0xFFE1:
        return "GBP";
    case 0xA5:
    case 0xFFE5:
        return "JPY";
    case 0x20AC:
        return "EUR";
    case 0x20B9:
    case 0x20A8:
        return "INR";
    case 0x20BD:
        return "RUB";
    case 0x20A9:
        return "KRW";
    case 0x20A6:
        return "NGN";
    case 0x20B1:
        return "PHP";
    case 0x20AB:
        return "VND";
    case 0x20AA:
        return "ILS";
    case 0x20BA:
        return "TRY";
    case 0x20B4:
        return "UAH";
    case 0x20A1:
        return "CRC";
    case 0x20B5:
        return "GHS";
    case 0x20B8:
        return "KZT";
    case 0x20AD:
        return "LAK";
    case 0x20AE:
        return "MNT";
    case 0x20B2:
        return "PYG";
    case 0x20BC:
        return "AZN";
    case 0x20BE:
        return "GEL";
    case 0x0E3F:
        return "THB";
    case 0x20BF:
        return "XBT";
    case 0x17DB:
        return "KHR";
    case 0x20B3:
        return "ARS";
    case 0x58F:
        return "AMD";
    case 0x60B:
        return "AFN";
    default:
        return NULL;
    }
}

/* What stands before "$" or "£" and tells whose it is. */
static const struct {
    const char letters[4], code[4];
} prefixes[] = {
    { "us", "USD" },  { "u", "USD" },   { "a", "AUD" },   { "au", "AUD" },  { "aud", "AUD" }, { "c", "CAD" },
    { "ca", "CAD" },  { "can", "CAD" }, { "cad", "CAD" }, { "nz", "NZD" },  { "hk", "HKD" },  { "s", "SGD" },
    { "sg", "SGD" },  { "nt", "TWD" },  { "r", "BRL" },   { "mx", "MXN" },  { "mex", "MXN" }, { "j", "JMD" },
    { "ja", "JMD" },  { "n", "NAD" },   { "z", "ZWL" },   { "zw", "ZWL" },  { "rtg", "ZWL" }, { "tt", "TTD" },
    { "bz", "BZD" },  { "b", "BND" },   { "fj", "FJD" },  { "g", "GYD" },   { "gy", "GYD" },  { "ec", "XCD" },
    { "bds", "BBD" }, { "cl", "CLP" },  { "ar", "ARS" },  { "col", "COP" }, { "usd", "USD" }, { "l", "LRD" },
};

const char *currency_of_prefix(const char *letters, uint32_t length)
{
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
        if (strlen(prefixes[i].letters) == length) {
            uint32_t k = 0;

            while (k < length && (letters[k] | 0x20) == prefixes[i].letters[k])
                k++;
            if (k == length)
                return prefixes[i].code;
        }
    return NULL;
}

bool currency_has_comma(const char *code)
{
    static const char commas[][4] = { "EUR", "BRL", "IDR", "VND", "CLP", "COP", "ARS", "PYG", "UYU",
                                      "TRY", "DKK", "NOK", "SEK", "RUB", "PLN", "CZK", "HUF", "RON",
                                      "ISK", "CRC", "VES", "BGN", "RSD", "UAH", "MKD", "ALL", "BAM",
                                      "MAD", "TND", "DZD", "XOF", "XAF", "AOA", "MZN", "BOB" };

    for (size_t i = 0; i < sizeof commas / sizeof commas[0]; i++)
        if (strcmp(commas[i], code) == 0)
            return true;
    return false;
}
