test("the set is uploaded, and its progress is the run's", function(fake)
  local stats = '{"stats":{"bytes":%d,"totalBytes":4}}\n'
  fake.exec({ "rclone" }, '{"msg":"start"}\n' .. stats:format(1) .. stats:format(4))
  fake.call("after.publish")
  expect.equal(fake.progress, { 0.25, 1 })
  local words = fake.calls.exec[1].words
  expect.equal({ words[3], words[4] }, { "/backups/20261122T101502Z-7f3a", "s3:backups/20261122T101502Z-7f3a" })
end)

test("an upload that fails is told", function(fake)
  fake.exec({ "rclone" }, { status = 5, stderr = "no route to host" })
  expect.raises("rclone ended with status 5: no route to host", fake.call, "after.publish")
end)
