backup.require_api(1)
-- PostgreSQL in place of MySQL. A snapshot of one volume with data, WAL and every tablespace is crash-consistent: the
-- server's own recovery makes it whole when the restored copy is started.
-- [hooks.postgresql] user = "postgres", socket = "/run/postgresql", port = "5432"
local user = backup.option("user", "postgres")
local socket = backup.option("socket", "/run/postgresql")
local port = backup.option("port", "5432")

local function psql(run, query, reads)
  local answer = run:exec {
    "psql", "-XqAt", "-h", socket, "-p", port, "-v", "ON_ERROR_STOP=1", "-c", query, "postgres",
    user = user, timeout = "20s", reads = reads,
  }
  return (answer.stdout:gsub("%s+$", ""))
end

backup.replace("connect", { desc = "ask PostgreSQL" }, function(run)
  local datadir = psql(run, "SHOW data_directory", true)
  -- Data that a link may lead elsewhere has to be on the volume as well: locate refuses it otherwise.
  local files = { run.fs.realpath(datadir .. "/pg_wal") }
  for _, name in ipairs(run.fs.list(datadir .. "/pg_tblspc")) do
    files[#files + 1] = run.fs.realpath(datadir .. "/pg_tblspc/" .. name)
  end
  return {
    flavour = "postgresql",
    version = psql(run, "SHOW server_version", true),
    datadir = datadir,
    files = files,
    is_replica = psql(run, "SELECT pg_is_in_recovery()", true) == "t",
  }
end)

backup.before("lock", { desc = "write out dirty pages, while no client waits", timeout = "5m" }, function(run)
  if run.server.flavour == "postgresql" and not run.server.is_replica then psql(run, "CHECKPOINT") end
end)

backup.replace("lock", { desc = "the snapshot is atomic: no lock" }, function(run)
  if run.server.flavour ~= "postgresql" then return run:decline("not PostgreSQL") end
  return { plan = "none", locked = false, reason = "an atomic snapshot of data and WAL is crash-consistent" }
end)

backup.filter("archive.exclude", { desc = "files of a running server only" }, function(run, list)
  if run.server.flavour ~= "postgresql" then return run:unchanged() end
  for _, pattern in ipairs { "/postmaster.pid", "/postmaster.opts", "pg_stat_tmp/*", "pgsql_tmp*" } do
    list[#list + 1] = pattern
  end
  return list
end)
