// LVMBackup
