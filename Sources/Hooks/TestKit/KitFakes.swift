extension KitPrelude {
    /// What a test gives and asks: `fake`.
    static let fakes = """
        local fake, unfaked = {}, {}
        local given = { sql = {}, exec = {}, http = {} }
        local secrets = {}

        local function list_by_kind(kinds)
          return setmetatable({}, {
            __index = function(all, kind)
              if math.type(kind) then return nil end
              if not kinds[kind] then unknown("kind of call", kind, { "sql", "exec", "http", "write" }) end
              local some = {}
              for _, one in ipairs(all) do if one.kind == kind then some[#some + 1] = one end end
              return some
            end,
          })
        end
        fake.calls = list_by_kind { sql = true, exec = true, http = true, write = true }
        fake.logs, fake.warnings, fake.progress, fake.undos, fake.intended = {}, {}, {}, {}, {}

        for kind in pairs(given) do
          fake[kind] = function(what, reply)
            if reply == nil then what, reply = nil, what end
            if reply == nil then fail("fake.%s needs a reply", kind) end
            table.insert(given[kind], 1, { what = what, reply = reply })
          end
        end

        function fake.secret(name, value) secrets[name] = value end

        local function append(list, items)
          for _, item in ipairs(items) do list[#list + 1] = item end
        end

        -- What Swift heard while hooks ran.
        local function take(heard)
          append(fake.logs, heard.logs)
          append(fake.warnings, heard.warnings)
          append(fake.progress, heard.progress)
          append(fake.intended, heard.intended)
          for _, undo in ipairs(heard.undos) do
            local number = #fake.undos + 1
            if undo.is_function then undo.run = function() take(host("fake_undo", number)) end end
            undo.is_function = nil
            fake.undos[number] = undo
          end
          if heard.error then error(heard.error, 0) end
          return heard.value
        end

        -- Functions of the hook's result, as functions of this state.
        local function revive(result)
          for key, value in pairs(result) do
            if type(value) == "table" then
              local number = math.type(value.call) and value.call
              if number then
                result[key] = function() return take(host("fake_invoke", number)) end
              else
                revive(value)
              end
            end
          end
          -- A release is one form everywhere.
          if type(result.release) == "function" then result.release = { call = result.release } end
          return result
        end

        function fake.options(options) host("fake_options", options) end
        function fake.run(fields) host("fake_run", fields) end
        function fake.load() take(host("fake_load")) end

        function fake.call(target)
          local answer = take(host("fake_call", target))
          return answer.result and revive(answer.result) or answer
        end

        function fake.filter(name, value) return take(host("fake_filter", name, value)) end
        function fake.event(name, fields) take(host("fake_event", name, fields or {})) end

        fake.vars = setmetatable({}, {
          __index = function(_, key) return host("fake_var", key) end,
          __newindex = function(_, key, value) host("fake_set_var", key, value) end,
          __metatable = false,
        })

        fake.clock = read_only("fake.clock", {
          now = function() return host("now") end,
          set = function(time) host("set_clock", time) end,
          advance = function(time) host("advance", host("duration", "time", time)) end,
        })

        """

    /// What the hooks' calls come to.
    static let machine = """
        local effects, tree = {}, {}

        local function missing(what)
          local text = "no fake for " .. what
          unfaked[#unfaked + 1] = text
          error(text, 0)
        end

        local function record(kind, call)
          call.kind = kind
          fake.calls[#fake.calls + 1] = call
        end

        local function begins(words, start)
          for i, word in ipairs(start) do if words[i] ~= word then return false end end
          return true
        end

        local function is_for(what, text, words)
          if type(what) == "table" then return words ~= nil and begins(words, what) end
          return fits(text, what)
        end

        -- The reply of the newest fake that fits.
        local function reply_to(kind, text, words, ...)
          for _, one in ipairs(given[kind]) do
            if is_for(one.what, text, words) then
              local reply = one.reply
              if type(reply) == "function" then reply = reply(...) end
              return reply
            end
          end
          missing(("%s: %s"):format(kind, text))
        end

        local function pass(reply, limit)
          if reply.takes then host("advance", math.min(reply.takes, limit)) end
          return reply
        end

        -- As the session gives them: texts, and nothing for NULL.
        local function as_row(row)
          if type(row) ~= "table" then fail("a row has to be a table, not %s", type(row)) end
          local copy = {}
          for column, value in pairs(row) do
            if type(value) == "boolean" then fail("a server answers 0 and 1, not true and false") end
            copy[column] = math.type(value) and ("%s"):format(value) or value
          end
          return copy
        end

        function effects.sql(statement, session)
          record("sql", { statement = statement, session = session })
          local reply, rows = reply_to("sql", statement, nil, statement, session) or {}, {}
          if type(reply) ~= "table" then fail("rows have to be a list, not a %s", type(reply)) end
          if reply.error then error(reply.error, 0) end
          for i, row in ipairs(reply) do rows[i] = as_row(row) end
          return rows
        end

        function effects.exec(command)
          record("exec", command)
          local reply = reply_to("exec", table.concat(command.words, " "), command.words, command)
          if type(reply) == "string" then reply = { stdout = reply } end
          return pass(checked("exec reply", reply or {}, api.exec_reply), command.timeout)
        end

        function effects.http(request)
          record("http", request)
          local reply = reply_to("http", request.url, nil, request)
          if type(reply) == "number" then reply = { status = reply } end
          reply = pass(checked("http reply", reply or {}, api.http_reply), request.timeout)
          if reply.json ~= nil then reply.body, reply.json = host("json_encode", reply.json), nil end
          return reply
        end

        function effects.secret(name)
          if secrets[name] == nil then missing("secret: " .. name) end
          return secrets[name]
        end

        """ + files

    /// The tree of files.
    private static let files = """
        local function plain_path(path)
          if type(path) ~= "string" or path:sub(1, 1) ~= "/" then fail("a path begins with /: %s", tostring(path)) end
          return path == "/" and path or (path:gsub("/+", "/"):gsub("/$", ""))
        end

        local function put(path, value)
          path = plain_path(path)
          if value == nil then tree[path] = nil return end
          if type(value) == "string" then value = { content = value } end
          tree[path] = checked("fake.fs", value, api.fake_file)
          tree[path].mtime = tree[path].mtime or host("now")
        end

        -- Nil of what is not there; a directory is there also where only something below it is.
        local function entry(path)
          if tree[path] then return tree[path] end
          local start = path == "/" and path or path .. "/"
          for other in pairs(tree) do
            if other:sub(1, #start) == start then return { mtime = tree[other].mtime } end
          end
        end

        local function find(act, path)
          if next(tree) == nil then missing(("run.fs.%s: %s"):format(act, path)) end
          path = plain_path(path)
          local one = entry(path)
          if one and one.error then fail("can't %s %q: %s", act, path, one.error) end
          return one, path
        end

        local function follow(act, path)
          for _ = 1, 10 do
            local one
            one, path = find(act, path)
            if not one then fail("can't %s %q: no such file or directory", act, path) end
            if not one.link then return one, path end
            path = one.link:sub(1, 1) == "/" and one.link or path:gsub("[^/]*$", "") .. one.link
          end
          fail("can't %s %q: too many levels of symbolic links", act, path)
        end

        fake.fs = setmetatable({}, {
          __index = function(_, path) return (tree[plain_path(path)] or {}).content end,
          __newindex = function(_, path, value) put(path, value) end,
          __metatable = false,
        })

        function effects.read(path)
          local one
          one, path = follow("open", path)
          if not one.content then fail("can't read %q: is a directory", path) end
          return one.content
        end

        function effects.write(path, bytes, mode)
          record("write", { path = path, bytes = bytes, mode = mode })
          local one
          one, path = find("write", path)
          local parent = find("write", (path:gsub("[^/]+$", "")))
          if not parent then fail("can't create a file beside %q: no such file or directory", path) end
          if parent.content then fail("can't create a file beside %q: not a directory", path) end
          if one and not one.content and not one.link then fail("can't write %q: is a directory", path) end
          put(path, { content = bytes, mode = mode })
        end

        function effects.list(path)
          local one
          one, path = follow("list", path)
          if one.content then fail("can't list %q: not a directory", path) end
          local start, seen, list = path == "/" and path or path .. "/", {}, {}
          for other in pairs(tree) do
            local name = other:sub(1, #start) == start and other:sub(#start + 1):match("^[^/]+")
            if name and not seen[name] then seen[name], list[#list + 1] = true, name end
          end
          table.sort(list)
          return list
        end

        function effects.stat(path)
          local one = find("stat", path)
          if not one then return nil end
          local is_file = one.content ~= nil
          return {
            kind = one.link and "link" or is_file and "file" or "directory",
            size = is_file and #one.content or 0,
            mode = one.mode or is_file and "644" or "755",
            uid = one.uid or 0, gid = one.gid or 0, mtime = math.floor(one.mtime),
          }
        end

        function effects.realpath(path)
          local _, real = follow("resolve", path)
          return real
        end

        function entries.effect(name, ...) return effects[name](...) end
        fake = read_only("fake", fake)

        """
}
