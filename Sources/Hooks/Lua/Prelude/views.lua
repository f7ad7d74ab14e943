-- Views: tables that stand for values which hooks may read only, or which are kept by Swift.
local core = ...
local fail, host, names, unknown, views = core.fail, core.host, core.names, core.unknown, core.views

-- The known fields of each record, by name.
local records = {}
for name, fields in pairs(core.api.records) do records[name] = core.by_name(fields) end

local function each(view)
  local value = views[view]()
  return function(_, key)
    local following = next(value, key)
    if following ~= nil then return following, view[following] end
  end, view, nil
end

-- A value that can be read at every depth and written at none.
--
-- what: how messages call it. fields: its known fields by name; nil for any. Of a list they are those of its items.
local function frozen(what, value, fields)
  if type(value) ~= "table" or views[value] then return value end
  local inner, is_list = {}, #value > 0
  local view = setmetatable({}, {
    __index = function(_, key)
      local item = value[key]
      local field = not is_list and fields and fields[key]
      if item == nil and fields and not field and type(key) == "string" then
        local list = {}
        for name in pairs(fields) do list[#list + 1] = name end
        unknown("field of " .. what, key, list)
      end
      if type(item) ~= "table" then return item end
      if not inner[key] then
        local place = math.type(key) and ("%s[%d]"):format(what, key) or ("%s.%s"):format(what, key)
        inner[key] = frozen(place, item, is_list and fields or field and records[field.record])
      end
      return inner[key]
    end,
    __newindex = function(_, key)
      fail("%s.%s cannot be set: only run.vars hands values on", what, tostring(key))
    end,
    __len = function() return #value end,
    __pairs = each,
    __metatable = false,
  })
  views[view] = function() return value end
  return view
end

-- A table that is kept by Swift: every read asks for its part of it, every write goes there, at any depth.
--
-- get, set: names of the questions to Swift, which take the keys that lead to the part.
local function shared(get, set, path)
  local function to(key)
    if type(key) ~= "string" and not math.tointeger(key) then
      fail("run.vars takes names and whole numbers, not a %s", type(key))
    end
    local keys = table.move(path, 1, #path, 1, {})
    keys[#keys + 1] = math.tointeger(key) or key
    return keys
  end
  local view = setmetatable({}, {
    __index = function(_, key)
      if type(key) ~= "string" and not math.tointeger(key) then return nil end
      local keys = to(key)
      local value = host(get, keys)
      return type(value) == "table" and shared(get, set, keys) or value
    end,
    __newindex = function(_, key, value) host(set, to(key), value) end,
    __len = function(view) return #views[view]() end,
    __pairs = each,
    __metatable = false,
  })
  views[view] = function() return host(get, path) end
  return view
end

-- A table that a function returned: a name that is none of its fields is a mistake.
local function strict(what, answer, record)
  if type(answer) ~= "table" then return answer end
  local fields = core.api.records[record]
  return setmetatable(answer, {
    __index = function(_, key)
      if not records[record][key] then unknown("field of " .. what, key, names(fields)) end
    end,
  })
end

-- The rows of a statement: columns by name, in a list.
function core.rows(name, answer)
  local columns, is_written_out = answer.columns, answer.is_written_out
  local function column(_, key)
    if type(key) ~= "string" then fail("a row has its columns by name, such as row.%s", columns[1] or "NAME") end
    if is_written_out then unknown("column", key, columns) end
    -- The columns of SHOW differ between servers: a name that is hardly another one is a mistake.
    local near = host("misspelt", key, columns)
    if near then fail("unknown column %q, did you mean %q?", key, near) end
  end
  local known = {}
  for _, one in ipairs(columns) do known[one] = true end
  local meta = { __index = function(row, key) if not known[key] then return column(row, key) end end }
  local rows = {}
  for i, row in ipairs(answer.rows) do rows[i] = setmetatable(row, meta) end
  -- For Swift it is a list also where it has no rows.
  views[rows] = function() return next(rows) and table.move(rows, 1, #rows, 1, {}) or answer.rows end
  return setmetatable(rows, {
    __index = function(_, key)
      if type(key) == "string" then
        fail("run:%s answers a list of rows, which has no %q: write rows[1].%s", name, key, key)
      end
    end,
  })
end

core.frozen, core.records, core.shared, core.strict = frozen, records, shared, strict
