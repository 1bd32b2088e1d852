-- A buyer per thread, over and over: everything from an empty cart to a paid order. Use as many threads as connections.
-- Arguments: host, file with variant ids, shipping method id, "calls" (7 calls) or "one" (the cart is filled in one call).
local host, variants, method, style
local step, cart, token = 1, nil, nil
local address = '{"first_name":"Ada","last_name":"Byron","line1":"1 High Street","city":"Berlin","postal_code":"10115","country":"DE"}'
local pay = '{"payment":{"provider":"manual","method":"ok"}}'
local flows = 0

function init(args)
  host, method, style = args[1], args[3], args[4]
  variants = {}
  for line in io.lines(args[2]) do variants[#variants + 1] = line end
  math.randomseed(os.time() + tonumber(tostring({}):match("0x(%x+)"), 16) % 100000)
end

local function line() return '{"variant_id":"' .. variants[math.random(#variants)] .. '","quantity":1}' end

local function call(verb, path, body)
  local headers = { ["Host"] = host, ["Content-Type"] = "application/json" }
  if token then headers["Authorization"] = "Cart " .. token end
  if path:sub(-9) == "/checkout" then headers["Idempotency-Key"] = cart end
  return wrk.format(verb, "/api/v1/carts" .. path, headers, body)
end

function request()
  if step == 1 then
    token, cart = nil, nil
    if style == "one" then
      return call("POST", "", '{"lines":[' .. line() .. "," .. line() .. '],"email":"ada@example.com","shipping_address":'
        .. address .. ',"shipping_method_id":"' .. method .. '"}')
    end
    return call("POST", "", "{}")
  end
  if style == "one" then return call("POST", "/" .. cart .. "/checkout", pay) end
  if step == 2 or step == 3 then return call("POST", "/" .. cart .. "/lines", line()) end
  if step == 4 then return call("PATCH", "/" .. cart, '{"email":"ada@example.com","shipping_address":' .. address .. "}") end
  if step == 5 then return call("GET", "/" .. cart .. "/shipping-methods") end
  if step == 6 then return call("PATCH", "/" .. cart, '{"shipping_method_id":"' .. method .. '"}') end
  return call("POST", "/" .. cart .. "/checkout", pay)
end

function response(status, headers, body)
  if step == 1 then
    cart = body:match('"id":"([^"]+)"')
    token = body:match('"token":"([^"]+)"')
  end
  if (style == "one" and step == 2) or step == 7 then
    step = 1
  else
    step = step + 1
  end
end

function done(summary, latency, requests)
  io.write(string.format("p95 %d\nstatus %d\nbroken %d\n", latency:percentile(95), summary.errors.status,
    summary.errors.read + summary.errors.timeout + summary.errors.connect))
end
