-- capitals.lua: what shout.c does.
local M = { needs = { "tokens/1" } }

function M.process(doc)
  local found = {}
  for _, token in ipairs(doc.tokens) do
    local word = token.text
    if #word >= 4 and word:find("^%u+$") then
      found[#found + 1] = token
    end
  end
  return found
end

return M
