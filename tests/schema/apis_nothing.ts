// A plugin whose runners have no device.
