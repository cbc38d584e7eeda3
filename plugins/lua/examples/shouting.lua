-- shouting.lua: words in capitals, as many as a text has; a first script.

local M = {
  summary = "Finds words in capitals",
  version = "1.0.0",
  needs = { "tokens/1" },
  options = {
    { name = "least", type = "int", initial = 4, min = 1, max = 100, per_request = true, help = "letters that a word must have" },
  },
}

function M.process(doc)
  local found = {}
  for _, token in ipairs(doc.tokens) do
    local word = token.text
    if #word >= doc.options.least and word:find("^%u+$") then
      found[#found + 1] = token
    end
  end
  return { count = #found, words = found }
end

return M
