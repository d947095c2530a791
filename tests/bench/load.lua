-- What wrk sends and counts: wrk -s load.lua URL -- read
--                            wrk -s load.lua URL -- visit PAGE ADDRESS BODY   PAGE and then a post, in turn; each %d in BODY is new
--                            wrk -s load.lua URL -- post ADDRESS BODY         the same posts alone
--                            wrk -s load.lua URL -- press FILE                a post to each address in FILE, once
-- At the end it prints one line of JSON.

local FORM = { ["Content-Type"] = "application/x-www-form-urlencoded" }
local LAST = { ["Content-Type"] = FORM["Content-Type"], ["Connection"] = "close" }
local POSTS_OF_A_CONNECTION = 8 -- about; people come one by one, on connections of their own, and the worker that is free takes them
local COUNTED = { "read", "posted", "strange" }
local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

local function count(status)
  if status == 200 then read = read + 1
  elseif status == 303 then posted = posted + 1
  else strange = strange + 1 end
end

local function head(number)
  return number % POSTS_OF_A_CONNECTION == 0 and LAST or FORM
end

local function post(address, body)
  local number = 0
  return function()
    number = number + 1
    return wrk.format("POST", address, head(number), (body:gsub("%%d", number)))
  end
end

local function visit(page, address, body)
  local opening, sending, is_at_form = wrk.format("GET", page), post(address, body), false
  return function()
    is_at_form = not is_at_form
    return is_at_form and opening or sending()
  end
end

local function press(file)
  local next_address, number = io.lines(file), 0
  return function()
    number = number + 1
    return wrk.format("POST", next_address() or "/no-addresses-left", head(number), "act=confirm")
  end
end

function init(arguments)
  read, posted, strange = 0, 0, 0
  local kind = arguments[1]
  if kind == "visit" then request = visit(arguments[2], arguments[3], arguments[4]) end
  if kind == "post" then request = post(arguments[2], arguments[3]) end
  if kind == "press" then request = press(arguments[2]) end
  if kind ~= "read" then response = count end -- to look at each answer slows wrk down
end

function done(summary, latency)
  local lost = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  local found = { requests = summary.requests, seconds = summary.duration / 1e6, p99 = latency:percentile(99) / 1e3 }
  for _, name in ipairs(COUNTED) do found[name] = threads[1]:get(name) end
  found.errors = lost + math.max(summary.errors.status, found.strange)
  local parts = {}
  for name, value in pairs(found) do table.insert(parts, string.format('"%s": %.6f', name, value)) end
  print("{" .. table.concat(parts, ", ") .. "}")
end
