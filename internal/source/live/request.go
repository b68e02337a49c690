package live

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/wayleave/wayleave/internal/document"
)

// get reads one address and returns the JSON of the answer. It repeats the
// request as long as the failure may pass. The error is a *failure, or that of
// ctx.
func (c *Client) get(ctx context.Context, address string) (*document.Document, error) {
	for try := 1; ; try++ {
		if err := c.pace.wait(ctx); err != nil {
			return nil, err
		}
		doc, err := c.once(ctx, address)
		if err == nil {
			return doc, nil
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		var f *failure
		if !errors.As(err, &f) || try >= f.tries() || f.after > longestPause {
			return nil, err
		}
		pause := f.after
		if pause == 0 {
			pause = backOff(try)
		}
		if f.status == http.StatusTooManyRequests {
			c.pace.hold(pause)
		} else if err := c.pace.sleep(ctx, pause); err != nil {
			return nil, err
		}
	}
}

// once sends one request and reads its answer to the end.
func (c *Client) once(ctx context.Context, address string) (*document.Document, error) {
	ctx, cancel := context.WithTimeout(ctx, tryTimeout)
	defer cancel()
	req, err := runtime.NewRequest(ctx, http.MethodGet, address)
	if err != nil {
		return nil, &failure{address: address, err: err}
	}
	req.Raw().Header.Set("Accept", "application/json")
	runtime.SkipBodyDownload(req) // it would read without a bound
	resp, err := c.pipeline.Do(req)
	if err != nil {
		return nil, &failure{address: address, err: err}
	}
	defer resp.Body.Close()
	f := &failure{address: address, status: resp.StatusCode, after: retryAfter(resp.Header, c.pace.now())}
	data, err := io.ReadAll(io.LimitReader(resp.Body, c.limits.page+1))
	if resp.StatusCode != http.StatusOK {
		if err == nil {
			if doc, err := document.Parse(hostOf(address), data, document.Options{}); err == nil {
				f.explain(doc)
			}
		}
		return nil, f
	}
	if err != nil {
		f.broken, f.err = true, err
		return nil, f
	}
	if int64(len(data)) > c.limits.page {
		f.tooLarge = true
		return nil, f
	}
	doc, err := document.Parse(hostOf(address), data, document.Options{MaxBytes: c.limits.page})
	if err != nil {
		f.broken, f.err = true, err
		return nil, f
	}
	return doc, nil
}
