/// Hook files without mistakes, as sites write them: a finding in one of them is a false alarm.
enum CorrectCode {
    /// A file, by its name.
    static let files: [(name: String, text: String)] = [
        (
            "10-hours.lua",
            #"""
            backup.require_api(1)
            local from, to = backup.option("from", 8), backup.option("to", 18)
            backup.before("preflight", { desc = "hours" }, function(run)
              local now = os.date("*t")
              if now.wday == 1 or now.wday == 7 then return end
              if now.hour >= from and now.hour < to then return run:defer(("it is %02d:%02d"):format(now.hour, now.min)) end
            end)
            """#
        ),
        (
            "11-nightrange.lua",
            #"""
            backup.require_api(1)
            backup.before("preflight", function(run)
              local hour = tonumber(os.date("%H"))
              if not (hour >= 22 or hour < 5) then return run:defer("only at night") end
            end)
            """#
        ),
        (
            "12-flagfile.lua",
            #"""
            backup.require_api(1)
            local flag = backup.option("flag", "/etc/maintenance")
            backup.before("preflight", function(run)
              local stat = run.fs.stat(flag)
              if not stat then return end
              if stat.kind ~= "file" then return run:veto(flag .. " is a " .. stat.kind) end
              local age = os.time() - stat.mtime
              if age < 24 * 3600 then return run:defer(("maintenance since %d min"):format(age // 60)) end
            end)
            """#
        ),
        (
            "13-loadavg.lua",
            #"""
            backup.require_api(1)
            local most = backup.option("most", 8)
            backup.before("flush", function(run)
              local load = tonumber(run.fs.read("/proc/loadavg"):match("^[%d.]+"))
              if load and load > most then return run:retry(("load is %.1f"):format(load), { wait = "30s", attempts = 4 }) end
            end)
            """#
        ),
        (
            "14-engines.lua",
            #"""
            backup.require_api(1)
            backup.before("flush", function(run)
              local bad = {}
              for _, engine in ipairs(run.server.engines) do
                if not engine.is_transactional and engine.user_tables > 0 then
                  bad[#bad + 1] = ("%s (%d)"):format(engine.engine, engine.user_tables)
                end
              end
              if #bad > 0 then run:warn("tables without transactions: " .. table.concat(bad, ", ")) end
            end)
            """#
        ),
        (
            "15-version.lua",
            #"""
            backup.require_api(1)
            backup.after("connect", { on_error = "fail" }, function(run, server)
              local major, minor = server.version:match("^(%d+)%.(%d+)")
              major, minor = tonumber(major), tonumber(minor)
              if not major then error("cannot read the version " .. server.version) end
              if server.flavour == "mariadb" and (major < 10 or major == 10 and minor < 6) then error("too old") end
            end)
            """#
        ),
        (
            "16-longquery.lua",
            #"""
            backup.require_api(1)
            backup.before("lock", { timeout = "40s" }, function(run)
              local rows = run:sql("SELECT id, time AS age, info FROM information_schema.processlist WHERE command = ? AND time > ?", "Query", 20)
              if #rows == 0 then return end
              for _, row in ipairs(rows) do log.info("long statement", { id = row.id, age = row.age, text = row.info or "?" }) end
              return run:defer(("%d long statements"):format(#rows))
            end)
            """#
        ),
        (
            "17-binlogfree.lua",
            #"""
            backup.require_api(1)
            local least = backup.option("least", "20GiB")
            backup.before("prepare", function(run)
              if run.volume.free < least then
                return run:veto(("the group has %.1f GiB free, and %.1f are wanted"):format(run.volume.free / 2 ^ 30, least / 2 ^ 30))
              end
            end)
            """#
        ),
        (
            "18-thin.lua",
            #"""
            backup.require_api(1)
            backup.before("prepare", function(run)
              local pool = run.volume.thin_pool
              if not pool then return end
              local answer = run:exec { "lvs", "--noheadings", "-o", "data_percent", run.volume.group .. "/" .. pool, reads = true }
              local used = tonumber((answer.stdout:gsub("%s", "")))
              if used and used > 80 then return run:veto(("the pool %s is %.0f %% full"):format(pool, used)) end
            end)
            """#
        ),
        (
            "19-stop.lua",
            #"""
            backup.require_api(1)
            backup.before("lock", { timeout = "60s" }, function(run)
              if not run.server.is_replica then return end
              local word = run.server.flavour == "mariadb" and "SLAVE" or "REPLICA"
              run:undo("the replica's SQL thread", { sql = "START " .. word .. " SQL_THREAD", timeout = "10s", repair = "mysql -e 'START REPLICA'" })
              run:admin("STOP " .. word .. " SQL_THREAD")
            end)
            """#
        ),
        (
            "20-vars.lua",
            #"""
            backup.require_api(1)
            backup.before("flush", function(run)
              run.vars.begun = os.time()
              run.vars.notes = run.vars.notes or {}
              run.vars.notes[#run.vars.notes + 1] = "flush"
            end)
            backup.on("unlocked", function(run, event)
              local begun = run.vars.begun
              if begun then log.info(("%d s from the flush to the unlock, %.3f held"):format(os.time() - begun, event.held_seconds)) end
            end)
            """#
        ),
        (
            "21-held.lua",
            #"""
            backup.require_api(1)
            backup.after("snapshot", function(run, snapshot)
              log.info("snapshot " .. snapshot.name .. " on " .. snapshot.device)
            end)
            backup.before("mount", function(run)
              local held = run.lock.held
              if held and held > 2 then run:warn(("the lock was held for %.2f s"):format(held)) end
            end)
            """#
        ),
        (
            "22-ntfy.lua",
            #"""
            backup.require_api(1)
            local url = backup.option("url", "https://ntfy.example/backups")
            backup.on("finished", { desc = "ntfy", timeout = "15s" }, function(run, event)
              local outcome = event.outcome
              if outcome.ending == "succeeded" and #outcome.leaked == 0 then return end
              local lines = { run.kind .. " of " .. run.host .. " " .. outcome.ending }
              if outcome.failure then
                lines[#lines + 1] = outcome.failure.message
                lines[#lines + 1] = outcome.failure.advice
              end
              for _, leak in ipairs(outcome.leaked) do lines[#lines + 1] = leak.name .. ": " .. (leak.repair or "by hand") end
              run:http {
                url = url, method = "POST", body = table.concat(lines, "\n"), timeout = "5s", retries = 1,
                headers = { Authorization = "Bearer " .. run:secret("ntfy"), Title = "Backup" },
              }
            end)
            """#
        ),
        (
            "23-slack.lua",
            #"""
            backup.require_api(1)
            backup.on("failed", { timeout = "12s" }, function(run, event)
              local failure = event.failure
              local where = failure.step and (" in step " .. failure.step) or ""
              run:http { url = run:secret("slack-url"), method = "POST", json = { text = failure.message .. where, fields = json.array {} } }
            end)
            """#
        ),
        (
            "24-pagerleak.lua",
            #"""
            backup.require_api(1)
            backup.on("leaked", function(run, event)
              local leak = event.leak
              log.error(("%s: %s"):format(leak.name, leak.reason), { repair = leak.repair })
            end)
            """#
        ),
        (
            "25-progress.lua",
            #"""
            backup.require_api(1)
            local last = -1
            backup.on("progress", function(run, event)
              local progress = event.progress
              local part = progress.fraction or progress.total_bytes and progress.total_bytes > 0 and progress.bytes / progress.total_bytes
              if not part then return end
              local tenth = math.floor(part * 10)
              if tenth ~= last then
                last = tenth
                log.info(("%s: %d %%"):format(progress.step, tenth * 10))
              end
            end)
            """#
        ),
        (
            "26-usage.lua",
            #"""
            backup.require_api(1)
            backup.on("snapshot_usage", function(run, event)
              if event.usage >= 0.9 then run:warn(("the snapshot is %.0f %% full"):format(event.usage * 100)) end
            end)
            """#
        ),
        (
            "27-exclude.lua",
            #"""
            backup.require_api(1)
            local more = backup.option("patterns", { "*.tmp" })
            backup.filter("archive.exclude", function(run, patterns)
              for _, pattern in ipairs(more) do table.insert(patterns, pattern) end
              return patterns
            end)
            """#
        ),
        (
            "28-name.lua",
            #"""
            backup.require_api(1)
            backup.filter("archive.name", function(run, name)
              if not run.server then return run:unchanged() end
              return ("%s-%s"):format(run.host:match("^[^.]+") or run.host, name)
            end)
            """#
        ),
        (
            "29-size.lua",
            #"""
            backup.require_api(1)
            backup.filter("snapshot.size", function(run, size)
              if os.date("%a") == "Sun" then return "30%ORIGIN" end
              return run:unchanged()
            end)
            """#
        ),
        (
            "30-sizecalc.lua",
            #"""
            backup.require_api(1)
            backup.filter("snapshot.size", function(run)
              local gib = math.ceil(run.volume.size * 0.15 / 2 ^ 30)
              return ("%dG"):format(math.tointeger(gib) or 10)
            end)
            """#
        ),
        (
            "31-plan.lua",
            #"""
            backup.require_api(1)
            local days = backup.option("days", "14d")
            backup.filter("retention.plan", function(run, plan)
              for _, decision in ipairs(plan) do
                if decision.state == "good" and os.time() - decision.created < days then
                  decision.keep, decision.reason = true, "younger than the limit"
                end
              end
              return plan
            end)
            """#
        ),
        (
            "32-archive.lua",
            #"""
            backup.require_api(1)
            backup.replace("archive", { timeout = "10h" }, function(run)
              local target = "/backups/" .. run.id .. ".tar.gz"
              local result = run:pipe {
                { "tar", "-C", run.mount.path, "-cf", "-", ".", ok = { 0, 1 } }, { "pigz", "-c" }, stdout = target, timeout = "10h",
              }
              for _, stage in ipairs(result.stages) do log.debug(stage.program .. " " .. stage.status) end
              local stat = run.fs.stat(target)
              return { location = target, bytes = stat and stat.size, release = { exec = { "rm", "-f", "--", target } } }
            end)
            """#
        ),
        (
            "33-stream.lua",
            #"""
            backup.require_api(1)
            local host = backup.option("host", "")
            backup.replace("archive", function(run)
              if host == "" then return run:decline("no host is set") end
              local done = 0
              run:exec {
                "rsync", "-a", "--info=progress2", run.mount.path .. "/", host .. "::mysql/" .. run.id, timeout = "12h",
                on_line = function(line)
                  local percent = tonumber(line:match("(%d+)%%"))
                  if percent and percent > done then done = percent run:progress(percent / 100) end
                end,
              }
              return { location = host .. ":" .. run.id }
            end)
            """#
        ),
        (
            "34-checks.lua",
            #"""
            backup.require_api(1)
            backup.after("recover", { on_error = "fail", timeout = "5m" }, function(run, recovery)
              if not recovery.clean then error("recovery was not clean: " .. (recovery.log or "no log")) end
              local rows = run:sql("SELECT COUNT(*) AS n, MAX(created) AS newest FROM shop.orders")
              if rows[1].n < 1000 then error(("shop.orders has %d rows"):format(rows[1].n)) end
            end)
            """#
        ),
        (
            "35-verify.lua",
            #"""
            backup.require_api(1)
            backup.after("verify", { timeout = "10m" }, function(run, verification)
              if verification.level ~= "start" then return end
              local row = run:sql("SELECT COUNT(*) AS n FROM shop.orders")[1]
              if not row or row.n == 0 then error("shop.orders is empty") end
              for _, file in ipairs(verification.left_out or {}) do run:warn("not read: " .. file) end
            end)
            """#
        ),
        (
            "36-restore.lua",
            #"""
            backup.require_api(1)
            local allowed = backup.option("allowed", false)
            backup.before("restore", function(run)
              if allowed then return end
              local restore = run.restore
              if restore and restore.target == "/var/lib/mysql" and not restore.force then
                return run:veto("restores go to another directory, set restore.allowed")
              end
              if run.set.host and run.set.host ~= run.host then return run:veto("the set is of " .. run.set.host) end
            end)
            """#
        ),
        (
            "37-restored.lua",
            #"""
            backup.require_api(1)
            backup.after("restore", { timeout = "1h" }, function(run, restoration)
              run:exec { "chown", "-R", "mysql:mysql", "--", restoration.target, timeout = "30m" }
              log.info(("%d files, %.1f GiB, up to %s"):format(restoration.files, restoration.bytes / 2 ^ 30, restoration.gtid or "the set"))
            end)
            """#
        ),
        (
            "38-spawnlock.lua",
            #"""
            backup.require_api(1)
            backup.replace("lock", { timeout = "30s" }, function(run)
              if run.server.flavour ~= "postgresql" then return run:decline("for PostgreSQL") end
              local child = run:spawn { "psql", "-At", ready = "^locked", stdin = "SELECT pg_backup_start('x'); \\echo locked\n" }
              return { plan = "pg", release = child, proof = child }
            end)
            """#
        ),
        (
            "39-snapshot.lua",
            #"""
            backup.require_api(1)
            backup.replace("snapshot", { timeout = "20s" }, function(run)
              local name = "hook_" .. run.id:sub(-4)
              local full = run.volume.group .. "/" .. name
              local release = { exec = { "lvremove", "-f", full }, timeout = "2m", repair = "lvremove " .. full }
              run:intend(release)
              run:exec { "lvcreate", "-s", "-n", name, "-L", "5G", run.volume.group .. "/" .. run.volume.name, timeout = "15s" }
              return { name = full, device = "/dev/" .. full, release = release, check = function(later)
                local answer = later:exec { "lvs", "--noheadings", "-o", "lv_attr", full }
                if answer.stdout:sub(7, 7) == "I" then error("the snapshot is invalid") end
              end }
            end)
            """#
        ),
        (
            "40-pcall.lua",
            #"""
            backup.require_api(1)
            backup.before("lock", function(run)
              local ok, problem = pcall(function() return run:exec { "proxyctl", "drain", timeout = "5s" } end)
              if not ok then log.warn("cannot drain: " .. tostring(problem)) end
            end)
            """#
        ),
        (
            "41-okstatus.lua",
            #"""
            backup.require_api(1)
            backup.before("preflight", function(run)
              local answer = run:exec { "systemctl", "is-active", "--quiet", "mariadb", ok = { 0, 3 }, reads = true }
              if answer.status == 3 then return run:veto("mariadb is not active") end
            end)
            """#
        ),
        (
            "42-http404.lua",
            #"""
            backup.require_api(1)
            backup.before("preflight", { timeout = "25s" }, function(run)
              local answer = run:http { url = "https://deploy.example/freeze/" .. run.host, check = false, timeout = "5s", retries = 2 }
              if answer.status == 404 then return end
              if answer.status ~= 200 then return run:retry("the deploy server says " .. answer.status) end
              local state = json.decode(answer.body)
              if type(state) == "table" and state.frozen then return run:defer("deploy freeze: " .. (state.why or "?")) end
            end)
            """#
        ),
        (
            "43-hookedskip.lua",
            #"""
            backup.require_api(1)
            backup.before("recover", function(run)
              if os.date("%u") ~= "7" then return run:skip("on Sundays only") end
            end)
            """#
        ),
        (
            "44-flushskip.lua",
            #"""
            backup.require_api(1)
            backup.before("flush", function(run)
              if run.server.is_replica or run.config.lock == "none" then return run:skip("a replica needs no flush") end
            end)
            """#
        ),
        (
            "45-paths.lua",
            #"""
            backup.require_api(1)
            backup.after("locate", function(run, volume)
              for _, path in ipairs(run.paths) do
                if path.role == "datadir" and not path.path_on_volume:find("mysql", 1, true) then log.warn("odd place " .. (path.real_path or path.path)) end
              end
              log.info(("%s/%s has %d mount points"):format(volume.group, volume.name, #volume.mount_points))
            end)
            """#
        ),
        (
            "46-coords.lua",
            #"""
            backup.require_api(1)
            backup.after("lock", function(run)
              local at = run.coordinates
              if at and at.binlog then run.vars.position = at.binlog.file .. ":" .. at.binlog.position end
            end)
            """#
        ),
        (
            "47-sorted.lua",
            #"""
            backup.require_api(1)
            backup.on("finished", function(run, event)
              local steps = {}
              for step, seconds in pairs(event.outcome.timings) do steps[#steps + 1] = { step = step, seconds = seconds } end
              table.sort(steps, function(a, b) return a.seconds > b.seconds end)
              for i = 1, math.min(3, #steps) do log.info(("%s %.1f s"):format(steps[i].step, steps[i].seconds)) end
            end)
            """#
        ),
        (
            "48-retained.lua",
            #"""
            backup.require_api(1)
            backup.on("retained", function(run, event)
              for _, name in ipairs(event.retention.removed) do
                run:exec { "rm", "-f", "--", "/backups/" .. name .. ".sha256", timeout = "5s" }
              end
            end)
            """#
        ),
        (
            "49-library.lua",
            #"""
            backup.require_api(1)
            local tools = require("tools")
            backup.after("publish", { timeout = "30s" }, function(run, set)
              tools.notify(run, "published " .. (set.location or "?"))
            end)
            """#
        ),
        (
            "50-has.lua",
            #"""
            backup.require_api(1)
            if backup.has("run:pipe") then
              backup.after("publish", { timeout = "2m" }, function(run, set)
                if not set.directory then return end
                local answer = run:pipe { { "du", "-sb", set.directory }, { "cut", "-f1" }, timeout = "1m" }
                log.info("size " .. answer.stdout:gsub("%s+$", ""))
              end)
            end
            """#
        ),
        (
            "51-closure.lua",
            #"""
            backup.require_api(1)
            local function guard(step, text)
              backup.before(step, { desc = text }, function(run)
                if run.fs.stat("/etc/no-" .. step) then return run:veto(text) end
              end)
            end
            guard("lock", "no lock today")
            guard("archive", "no archive today")
            """#
        ),
        (
            "52-state.lua",
            #"""
            backup.require_api(1)
            local seen
            backup.on("warning", function(run, event)
              seen = seen or {}
              seen[event.text] = (seen[event.text] or 0) + 1
            end)
            backup.on("succeeded", function(run)
              if seen and next(seen) then log.info(json.encode(seen)) end
            end)
            """#
        ),
        (
            "53-verdictlocal.lua",
            #"""
            backup.require_api(1)
            local function reason(run)
              if run.server.is_replica then return nil end
              return "this is the source"
            end
            backup.before("flush", function(run)
              local why = reason(run)
              return why and run:veto(why) or nil
            end)
            """#
        ),
        (
            "54-verdictvar.lua",
            #"""
            backup.require_api(1)
            backup.before("flush", function(run)
              local verdict
              if run.server.is_replica then verdict = run:skip("replica") end
              log.debug("asked")
              return verdict
            end)
            """#
        ),
        (
            "55-dump.lua",
            #"""
            backup.require_api(1)
            backup.before("preflight", { timeout = "5m" }, function(run)
              run:exec { "sh", "-c", 'getent passwd "$1" > /dev/null', "sh", "mysql", reads = true }
              local listing = run.fs.list("/etc/lvmbackup")
              run.fs.write("/run/lvmbackup.list", table.concat(listing, "\n") .. "\n", "0640")
            end)
            """#
        ),
        (
            "56-concatnum.lua",
            #"""
            backup.require_api(1)
            backup.after("archive", function(run, archive)
              local size = archive.bytes and ("%.2f GiB"):format(archive.bytes / 1024 ^ 3) or "unknown size"
              log.info("archive " .. archive.location .. ", " .. size .. ", " .. (archive.files or 0) .. " files")
            end)
            """#
        ),
        (
            "lib/tools.lua",
            #"""
            local tools = {}
            local url = backup.option("url", "")
            function tools.notify(run, text)
              if url ~= "" then run:http { url = url, method = "POST", json = { text = text } } else log.info(text) end
            end
            return tools
            """#
        ),
        (
            "80-restored.lua",
            #"""
            backup.require_api(1)
            backup.on("finished", function(run, event)
              if run.kind == "restore" then log.info(run.restore.target) end
            end)
            """#
        ),
        (
            "81-compares.lua",
            #"""
            backup.require_api(1)
            backup.before("lock", function(run) run:exec { "test", "5", "-gt", "3" } run:exec { "expr", "5", ">", "3" } end)
            """#
        ),
        (
            "82-upload.lua",
            #"""
            backup.require_api(1)
            backup.after("publish", { timeout = "6h" }, function(run)
              run:exec { "rclone", "copy", run.set.directory, "r:x", timeout = "6h" }
            end)
            """#
        ),
        (
            "83-before-the-act.lua",
            #"""
            backup.require_api(1)
            local function drain(run)
              run:undo("p", { exec = { "p", "ready" } })
              run:exec { "p", "drain" }
            end
            backup.before("lock", drain)
            backup.before("mount", function(run)
              local old = run:exec { "p", "get", reads = true }.stdout
              run:undo("p", { call = function(r) r:exec { "p", "set", old } log.info("set") end, exec = { "p", "set", old } })
              run:exec { "p", "set", "5" }
              local child = run:spawn { "p", "hold", ready = "drained" }
              run:undo("child", child)
            end)
            """#
        ),
        (
            "84-errors.lua",
            #"""
            backup.require_api(1)
            backup.after("snapshot", { on_error = "warn" }, function(run) assert(run.lock.held < 1, "too long") end)
            backup.after("recover", { on_error = "fail" }, function(run)
              if run:sql("SELECT COUNT(*) FROM a.b")[1]["COUNT(*)"] == 0 then error("empty") end
            end)
            backup.after("publish", function() error("the upload is not there") end)
            backup.after("verify", function(run) if run.verification.level == "start" then error("empty") end end)
            backup.on("finished", function() error("no alarm was sent") end)
            backup.after("mount", function() pcall(function() error("x") end) end)
            """#
        ),
        (
            "85-tables.lua",
            #"""
            backup.require_api(1)
            local s, kept = {}, { count = 0 }
            function s.tell(run, text) log.info(run.host .. (text or "")) end
            function s:say(run) s.tell(run, "!") kept.count = kept.count + 1 end
            local function maybe(run) if run then s.tell(run) end end
            local class = {}
            class.__index = class
            function class.new() return setmetatable({}, class) end
            backup.on("started", function(run)
              s.tell(run)
              s:say(run)
              maybe()
              class.new():anything()
              for i = 1, 3 do run:exec { "p", timeout = "2s" } end
            end)
            """#
        ),
    ]
}
