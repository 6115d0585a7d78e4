package io.ionic.backgroundrunner.tests

import io.ionic.backgroundrunner.core.DispatchEventOptions
import io.ionic.backgroundrunner.core.GetSchedulesOptions
import io.ionic.backgroundrunner.core.IsoDate
import io.ionic.backgroundrunner.core.JsonException
import io.ionic.backgroundrunner.core.NotificationScheduleOptions
import io.ionic.backgroundrunner.core.RegisterScheduleOptions
import io.ionic.backgroundrunner.core.jsonText
import io.ionic.backgroundrunner.core.jsonValue
import org.json.JSONArray
import org.json.JSONObject
import java.util.Date
import java.util.TimeZone

private const val NOON = 1_767_268_800_000L // 2026-01-01T12:00:00Z

val valueTests: Tests =
    mapOf(
        "dates_do_not_know_the_zone_of_the_device" to {
            for (zone in listOf("America/New_York", "Asia/Tokyo", "UTC", "Pacific/Kiritimati")) {
                TimeZone.setDefault(TimeZone.getTimeZone(zone))
                assertEquals(NOON, IsoDate.parse("2026-01-01T12:00:00.000Z")?.time)
                assertEquals(NOON, IsoDate.parse("2026-01-01T12:00Z")?.time)
                assertEquals(NOON, IsoDate.parse("2026-01-01T14:00:00+02:00")?.time)
                assertEquals(NOON, IsoDate.parse("2026-01-01T06:30:00-0530")?.time)
                assertEquals("2026-01-01T12:00:00.000Z", IsoDate.format(Date(NOON)))
                val json = JSONObject("""{"id":1,"title":"","body":"","scheduleAt":"2026-01-01T12:00:00.000Z"}""")
                val options = NotificationScheduleOptions.fromJson(json)
                assertEquals(NOON, options.scheduleAt?.time)
            }
        },
        "what_is_no_date_is_refused" to {
            val impossible = listOf("2026-13-01T12:00:00Z", "2026-02-30T12:00:00Z", "2026-01-01T25:00:00Z")
            for (text in listOf("", "tomorrow", "2026-01-01", "2026-01-01T12:00:00") + impossible) {
                assertEquals(null, IsoDate.parse(text))
            }
        },
        "dates_far_away_survive" to {
            for (time in listOf(0L, -1L, -62_135_596_800_000L, 253_402_300_799_999L)) {
                assertEquals(time, IsoDate.parse(IsoDate.format(Date(time)))?.time)
            }
        },
        "options_are_checked_by_name" to {
            val missing = assertThrows<JsonException> { DispatchEventOptions.fromJson(JSONObject("""{"event":"e"}""")) }
            assertEquals("`label` must be a string, not missing", missing.message)
            val wrong = assertThrows<JsonException> { DispatchEventOptions.fromJson(JSONObject("""{"label":"l","event":7}""")) }
            assertEquals("`event` must be a string, not a number", wrong.message)
            val shape = JSONObject("""{"label":"l","id":"i","event":"e","interval":1,"constraints":{"network":"carrier pigeon"}}""")
            assertContains("carrier pigeon", assertThrows<JsonException> { RegisterScheduleOptions.fromJson(shape) }.message.orEmpty())
        },
        "missing_details_are_fine" to {
            assertEquals(null, DispatchEventOptions.fromJson(JSONObject("""{"label":"l","event":"e"}""")).details)
            assertEquals(null, DispatchEventOptions.fromJson(JSONObject("""{"label":"l","event":"e","details":null}""")).details)
            assertEquals(null, GetSchedulesOptions.fromJson(JSONObject()).label)
        },
        "objects_come_back_as_they_were" to {
            val details = """{"a":null,"b":[1]}"""
            val constraints = """{"network":"not-roaming"}"""
            val text =
                """{"label":"l","id":"i","event":"e","interval":15.5,"repeat":true,"details":$details,"constraints":$constraints}"""
            assertEquals(text, RegisterScheduleOptions.fromJson(JSONObject(text)).toJson().toString())
        },
        "values_are_json_text" to {
            assertEquals("null", jsonText(null))
            assertEquals("null", jsonText(Unit))
            assertEquals("\"a\\\"b\"", jsonText("a\"b"))
            assertEquals("[1,null]", jsonText(JSONArray().put(1).put(JSONObject.NULL)))
            assertEquals("{\"a\":[1]}", jsonText(mapOf("a" to listOf(1))))
            assertEquals("x", jsonValue("\"x\""))
            assertEquals(null, jsonValue(""))
            assertEquals(null, jsonValue("null"))
        },
    )
