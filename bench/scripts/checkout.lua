-- POSTs one prepared cart after the other to its checkout. Arguments: host, file with "<id> <token>" lines.
local carts, host = {}, nil
function init(args)
  host = args[1]
  for line in io.lines(args[2]) do carts[#carts + 1] = line end
end
local place = 0
function request()
  place = place + 1
  if place > #carts then wrk.thread:stop() place = #carts end
  local id, token = carts[place]:match("(%S+) (%S+)")
  return wrk.format("POST", "/api/v1/carts/" .. id .. "/checkout", {
    ["Host"] = host, ["Content-Type"] = "application/json",
    ["Authorization"] = "Cart " .. token, ["Idempotency-Key"] = "bench-" .. id,
  }, '{"payment":{"provider":"manual","method":"ok"}}')
end
function done(summary, latency, requests)
  io.write(string.format("p95 %d\nstatus %d\nbroken %d\n", latency:percentile(95), summary.errors.status,
    summary.errors.read + summary.errors.timeout + summary.errors.connect))
end
