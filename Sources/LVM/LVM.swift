// LVM
