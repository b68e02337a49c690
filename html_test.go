package wayleave_test

import (
	"bytes"
	"context"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/wayleave/wayleave/internal/cli"
)

// A person opens the page, clicks a red line of the drawing and reads which
// rule blocks the packets. The page runs under its own policy, asks for nothing
// and does not break it.
func TestThePageInABrowser(t *testing.T) {
	browser := chromium(t)
	file := filepath.Join(t.TempDir(), "report.html")
	var screen bytes.Buffer
	status := cli.New(strings.NewReader(""), &screen, &screen, noData).
		Main([]string{"check", "examples/ise-blocked", "--report", "html=" + file})
	if status != cli.ExitFail {
		t.Fatalf("status %d: %s", status, screen.String())
	}
	allocator, stop := chromedp.NewExecAllocator(t.Context(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(browser), chromedp.NoSandbox, chromedp.WindowSize(1600, 1200))...)
	defer stop()
	var watch sync.Mutex
	var asked, complaints []string
	tab, stop := chromedp.NewContext(allocator, chromedp.WithListener(func(event any) {
		watch.Lock()
		defer watch.Unlock()
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			asked = append(asked, e.Request.URL)
		case *log.EventEntryAdded:
			complaints = append(complaints, e.Entry.Text)
		}
	}))
	defer stop()
	must(chromedp.Run(tab, chromedp.Navigate("file://"+filepath.ToSlash(file))))(t)
	tab, stop = context.WithTimeout(tab, time.Minute)
	defer stop()

	// The middle of the line to SQL, in the window.
	const edge = `document.querySelector('a.edge.fail[aria-label^="snet-compute to SQL"]')`
	intro := must(chromedp.Run(tab, chromedp.Text(chromedp.CSS(".intro"))))(t)
	at := must(chromedp.Run(tab, chromedp.Evaluate[[]float64](`(() => { const a = `+edge+`; a.scrollIntoView({block: 'center'});
		const p = a.querySelector('.hit'), q = p.getPointAtLength(p.getTotalLength() / 2), m = p.getScreenCTM();
		return [q.x * m.a + m.e, q.y * m.d + m.f] })()`)))(t)
	must(chromedp.Run(tab, chromedp.MouseClickXY(at[0], at[1])))(t)
	panel := must(chromedp.Run(tab, chromedp.Text(chromedp.CSS(".panel:target"))))(t)
	address := must(chromedp.Run(tab, chromedp.Location()))(t)
	shown := func(selector string) bool {
		return must(chromedp.Run(tab, chromedp.Evaluate[bool](`getComputedStyle(document.querySelector('`+selector+`')).display !== 'none'`)))(t)
	}
	panelShown, introShown := shown(".panel:target"), shown(".intro")
	wireWidth := must(chromedp.Run(tab, chromedp.Evaluate[string](edge+`.querySelector('.wire').getAnimations().forEach(a => a.finish()), getComputedStyle(`+edge+`.querySelector('.wire')).strokeWidth`)))(t)
	stop()
	watch.Lock()
	defer watch.Unlock()
	for _, want := range []string{"Azure SQL dependency", "deny-tds (outbound 200)", "nsgs.json:337:7", "10.10.0.4:49152", "the way of this packet", "deny"} {
		if !strings.Contains(panel, want) {
			t.Errorf("the panel lacks %q:\n%s", want, panel)
		}
	}
	if !strings.Contains(intro, "Follow a packet") || !panelShown || introShown {
		t.Errorf("the panel is shown: %v, the introduction too: %v", panelShown, introShown)
	}
	if !strings.Contains(address, "#edge-") || wireWidth != "4.5px" {
		t.Errorf("the address is %s, and the line is %s wide", address, wireWidth)
	}
	for _, u := range asked {
		if parsed, err := url.Parse(u); err != nil || parsed.Scheme != "file" || filepath.Base(parsed.Path) != "report.html" {
			t.Errorf("the page asked for %s", u)
		}
	}
	if len(complaints) > 0 {
		t.Errorf("the browser complains: %q", complaints)
	}
}

// must is the value of what cannot fail.
func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// chromium finds a browser; WAYLEAVE_CHROMIUM names another.
func chromium(t *testing.T) string {
	t.Helper()
	if named := os.Getenv("WAYLEAVE_CHROMIUM"); named != "" {
		return named
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "headless_shell"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("NOT TESTED: the page in a browser; no chromium is installed (make deps installs it)")
	return ""
}
