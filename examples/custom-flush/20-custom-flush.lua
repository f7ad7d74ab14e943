backup.require_api(1)
-- A site's own flush and lock in place of the built-in: one table is locked, and the site's own commands run.
-- [hooks.custom-flush] tables = ["shop.orders"]
local tables = backup.option("tables", {})

backup.replace("flush", { desc = "no flush beforehand" }, function() end)

backup.replace("lock", { desc = "the site's own read lock", timeout = "30s" }, function(run)
  if run.server.flavour ~= "mariadb" then return run:decline("written for MariaDB") end
  for _, name in ipairs(tables) do run:sql("FLUSH NO_WRITE_TO_BINLOG TABLES " .. name) end
  run:sql("FLUSH TABLES WITH READ LOCK")
  run:sql("FLUSH NO_WRITE_TO_BINLOG ENGINE LOGS")
  local row = run:sql("SHOW MASTER STATUS")[1] or {}
  local gtid = run:sql("SELECT @@global.gtid_binlog_pos AS gtid")[1].gtid
  return {
    plan = "custom",
    reason = "the site's own",
    coordinates = {
      binlog = row.File and { file = row.File, position = math.tointeger(tonumber(row.Position)) },
      gtid = gtid,
    },
    -- The session of run:sql holds the lock: it is proven, and its end is the last way to release it.
    release = function(held) held:sql("UNLOCK TABLES") end,
  }
end)
