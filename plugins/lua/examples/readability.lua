-- readability.lua: how hard an English text is to read: Flesch's reading ease (1948) and the grade of Flesch and Kincaid (1975),
-- with syllables counted by groups of vowels. A text in another language has the counts, and no score.

local M = {
  summary = "Measures how hard a text is to read",
  version = "1.0.0",
  needs = { "sentences/1", "tokens/1", "language/1?" },
}

local WORD = 1 -- a token's kind, TEXTD_TOKEN_WORD

local function syllables(word)
  word = word:lower()
  local _, n = word:gsub("[aeiouy]+", "")
  if n > 1 and word:find("[^aeiouyl]e$") then -- "late" has one, "little" two
    n = n - 1
  end
  return math.max(n, 1)
end

local function is_english(doc)
  if doc.lang then
    return doc.lang:find("^en%f[^%a]") ~= nil
  end
  local first = doc.language and doc.language[1]
  return first == nil or first.code == "und" or first.code:find("^en%f[^%a]") ~= nil
end

local function rounded(x)
  return math.floor(x * 10 + 0.5) / 10
end

function M.process(doc)
  local words, parts = 0, 0
  for _, token in ipairs(doc.tokens) do
    if token.kind == WORD then
      words = words + 1
      parts = parts + syllables(token.text)
    end
  end
  local result = { words = words, sentences = #doc.sentences, syllables = parts }
  if words > 0 and #doc.sentences > 0 and is_english(doc) then
    local length, weight = words / #doc.sentences, parts / words
    result.ease = rounded(206.835 - 1.015 * length - 84.6 * weight)
    result.grade = rounded(0.39 * length + 11.8 * weight - 15.59)
  end
  return result
end

return M
