package expression

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/wayleave/wayleave/internal/source/arm/value"
)

// https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-date
var dateFunctions = []function{
	{"dateTimeAdd", 2, 3, dateTimeAdd},
	{"dateTimeFromEpoch", 1, 1, dateTimeFromEpoch},
	{"dateTimeToEpoch", 1, 1, dateTimeToEpoch},
	{"utcNow", 0, 1, everAnew},
}

// isoLayout is how Azure writes a time unless told otherwise.
const isoLayout = "2006-01-02T15:04:05Z"

// instantArg is an argument as a point of time.
func (c *invocation) instantArg(i int) (at time.Time, known bool, err error) {
	s, known, err := c.textArg(i)
	if err != nil || !known {
		return time.Time{}, false, err
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05Z07:00", "20060102T150405Z07:00", "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), true, nil
		}
	}
	return time.Time{}, false, fail(c.args[i], "argument %d of %s is %q, expected a time such as 2026-01-31T08:00:00Z", i+1, c.function.name, s)
}

// dateTimeAdd adds a duration to a time. A year counts as 365 days and a month
// as 30.
func dateTimeAdd(c *invocation) (*value.Value, error) {
	at, known, err := c.instantArg(0)
	if err != nil {
		return nil, err
	}
	text, known1, err := c.textArg(1)
	if err != nil {
		return nil, err
	}
	format, known2 := "", true
	if len(c.args) == 3 {
		if format, known2, err = c.textArg(2); err != nil {
			return nil, err
		}
	}
	if !known || !known1 || !known2 {
		return c.unknown()
	}
	d, ok := parseDuration(text)
	if !ok {
		return nil, fail(c.args[1], "argument 2 of dateTimeAdd is %q, expected a duration such as P3D or -PT1H", text)
	}
	layout, ok := layoutOf(format)
	if !ok {
		return c.notEvaluated("dateTimeAdd with the format " + format)
	}
	return value.OfString(at.Add(d).Format(layout), c.at), nil
}

var durationPattern = regexp.MustCompile(`^(-?)P(?:(\d{1,4})Y)?(?:(\d{1,5})M)?(?:(\d{1,5})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,7})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?$`)

// parseDuration reads a duration of ISO 8601.
func parseDuration(text string) (time.Duration, bool) {
	parts := durationPattern.FindStringSubmatch(text)
	if parts == nil || strings.HasSuffix(text, "P") || strings.HasSuffix(text, "T") {
		return 0, false
	}
	const day = 24 * time.Hour
	// The limits of the pattern keep the sum within the range of a duration but
	// for the years.
	var sum time.Duration
	for i, unit := range []time.Duration{365 * day, 30 * day, 7 * day, day, time.Hour, time.Minute, time.Second} {
		n, _ := strconv.Atoi("0" + parts[i+2])
		if n > int(maxDuration/unit) {
			return 0, false
		}
		sum += time.Duration(n) * unit
	}
	if sum > maxDuration {
		return 0, false
	}
	if parts[1] == "-" {
		sum = -sum
	}
	return sum, true
}

// maxDuration bounds a duration and each part of it.
const maxDuration = 100 * 365 * 24 * time.Hour

// layoutOf is the layout of Go for a format of .NET, of which the ones in
// digits are known: yyyy-MM-ddTHH:mm:ssZ.
func layoutOf(format string) (layout string, ok bool) {
	switch format {
	case "":
		return isoLayout, true
	case "u":
		return "2006-01-02 15:04:05Z", true
	case "s":
		return "2006-01-02T15:04:05", true
	case "d":
		return "01/02/2006", true
	}
	var b strings.Builder
	for i := 0; i < len(format); {
		n := 1
		for i+n < len(format) && format[i+n] == format[i] {
			n++
		}
		part, ok := formatParts[format[i:i+n]]
		if !ok && strings.Trim(format[i:i+n], "-:/. TZ") != "" {
			return "", false
		}
		if !ok {
			part = format[i : i+n]
		}
		b.WriteString(part)
		i += n
	}
	return b.String(), len(format) > 1
}

// formatParts leads from the parts of a format of .NET to those of Go.
var formatParts = map[string]string{"yyyy": "2006", "MM": "01", "dd": "02", "HH": "15", "mm": "04", "ss": "05"}

func dateTimeFromEpoch(c *invocation) (*value.Value, error) {
	n, known, err := c.intArg(0)
	if err != nil {
		return nil, err
	}
	if !known {
		return c.unknown()
	}
	const end = 253_402_300_800 // the year 10000
	if n < -62_135_596_800 || n >= end {
		return nil, fail(c.args[0], "%d is no time between the years 1 and 9999", n)
	}
	return value.OfString(time.Unix(n, 0).UTC().Format(isoLayout), c.at), nil
}

func dateTimeToEpoch(c *invocation) (*value.Value, error) {
	at, known, err := c.instantArg(0)
	if err != nil {
		return nil, err
	}
	if !known {
		return c.unknown()
	}
	return value.OfInt(at.Unix(), c.at), nil
}
