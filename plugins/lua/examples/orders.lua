-- orders.lua: order numbers, "ORD-2024-000123-7": year, number, and a check digit (weights 3 and 1, as in EAN). They are a
-- layer, too, so that plugins behind it need not look again.

local M = {
  summary = "Finds order numbers, and checks their last digit",
  version = "1.0.0",
  adds = { ["org.example.orders/1"] = { number = "text", is_right = "u8" } },
  options = {
    { name = "prefix", type = "text", initial = "ORD", help = "the letters that all order numbers begin with" },
    { name = "wrong", type = "bool", initial = true, per_request = true, help = "tell those with a wrong check digit, too" },
  },
}

local function check_digit(digits)
  local sum = 0
  for i = 1, #digits do
    sum = sum + tonumber(digits:sub(i, i)) * ((#digits - i) % 2 == 0 and 3 or 1)
  end
  return (10 - sum % 10) % 10
end

function M.process(doc)
  local orders = {}
  local pattern = "()%f[%w]" .. doc.options.prefix:gsub("%W", "%%%0") .. "%-(%d%d%d%d)%-(%d%d%d%d%d%d)%-(%d)%f[%W]()"
  for first, year, number, digit, behind in doc.text:gmatch(pattern) do
    local is_right = check_digit(year .. number) == tonumber(digit)
    if is_right or doc.options.wrong then
      orders[#orders + 1] = {
        span = textd.span(first, behind - 1),
        number = year .. "-" .. number,
        is_right = is_right and 1 or 0,
      }
    end
  end
  doc:add("org.example.orders/1", orders)
  for _, order in ipairs(orders) do
    order.is_right = order.is_right == 1
  end
  return orders
end

return M
