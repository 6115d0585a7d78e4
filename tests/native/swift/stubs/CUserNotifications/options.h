// The one type of UserNotifications that only C can declare so that Objective-C blocks may take it.
#pragma once

typedef enum __attribute__((flag_enum, enum_extensibility(open))) : unsigned long {
    UNNotificationPresentationOptionBadge = 1,
    UNNotificationPresentationOptionSound = 2,
    UNNotificationPresentationOptionList = 8,
    UNNotificationPresentationOptionBanner = 16
} UNNotificationPresentationOptions;
