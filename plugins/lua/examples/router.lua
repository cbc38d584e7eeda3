-- router.lua: which desk a ticket goes to, by the words in it. The rules lie in a file of their own, `router.txt` in the same
-- folder, a desk and a word or phrase a line, with a weight if it isn't 1:
--
--   billing: invoice
--   billing: charged twice = 3
--   delivery: parcel
--
-- Change it, then `textctl plugin reload router`.

local M = {
  summary = "Says which desk a ticket is for, by words and weights",
  version = "1.0.0",
  needs = { "tokens/1" },
  options = {
    { name = "least", type = "float", initial = 1, min = 0, max = 1000, per_request = true, help = "weight below which no desk is named" },
    { name = "otherwise", type = "text", initial = "triage", help = "the desk when none reaches that" },
  },
}

-- Made once, when the script is loaded, from then on only read: { desk, phrase, weight } each.
local rules = textd.once("rules", function()
  local rules, number = {}, 0
  for line in textd.resource("router.txt"):gmatch("[^\n]+") do
    number = number + 1
    if line:find("^%s*[^#%s]") then
      local desk, phrase, weight = line:match("^%s*([%w_-]+)%s*:%s*(.-)%s*=%s*([%d.]+)%s*$")
      if not desk then
        desk, phrase = line:match("^%s*([%w_-]+)%s*:%s*(.-)%s*$")
      end
      if not desk or phrase == "" then
        error("router.txt, line " .. number .. ": it must be `desk: words`, or `desk: words = weight`", 0)
      end
      rules[#rules + 1] = { desk = desk, phrase = phrase:lower(), weight = (tonumber(weight) or 1) + 0.0 }
    end
  end
  return rules
end)

function M.process(doc)
  local text, weights, reasons = doc.text:lower(), {}, {}
  local begins, ends = {}, {} -- where words do
  for _, token in ipairs(doc.tokens) do
    begins[token.first], ends[token.last] = true, true
  end
  for _, rule in ipairs(rules) do
    local first, last = text:find(rule.phrase, 1, true)
    while first and not (begins[first] and ends[last]) do
      first, last = text:find(rule.phrase, last + 1, true)
    end
    if first then
      weights[rule.desk] = (weights[rule.desk] or 0.0) + rule.weight
      reasons[#reasons + 1] = { desk = rule.desk, at = textd.span(first, last), weight = rule.weight }
    end
  end

  local best, weight = doc.options.otherwise, doc.options.least
  for desk, sum in pairs(weights) do -- in the order of their names, so that of two that are alike the first wins
    if sum > weight or (sum == weight and best == doc.options.otherwise) then
      best, weight = desk, sum
    end
  end
  return { desk = best, weights = textd.map(weights), because = reasons }
end

return M
