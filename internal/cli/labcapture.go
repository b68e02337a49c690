package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

func (p *Program) labCapture() *cobra.Command {
	var where labFlags
	var file string
	var count int
	var limit time.Duration
	cmd := &cobra.Command{
		Use:   "capture PLACE --write FILE",
		Short: "record the packets of a hop for tcpdump or Wireshark",
		Long: `Capture writes the packets that pass a subnet's host, a router, a firewall, an edge
or the internet as pcapng, with the device and the direction of each, until it is
interrupted. "lab status" lists the places.`,
		Example: `  wayleave lab capture "firewall fw" --write fw.pcapng --for 10s
  wayleave lab capture snet-a --write - --count 20 | tcpdump -n -r -`,
		Args: takes("PLACE"),
		RunE: func(_ *cobra.Command, arguments []string) (err error) {
			if file == "" {
				return usage{errors.New("--write is missing; it names a file, or - for standard output")}
			}
			place, err := p.place(&where)
			if err != nil {
				return err
			}
			out, ok := p.stdout.(*os.File)
			if file != "-" {
				if out, err = os.OpenFile(file, os.O_WRONLY|os.O_CREATE, 0o666); err != nil {
					return err
				}
				defer func() { err = errors.Join(err, closeOrRemove(out)) }()
			} else if !ok {
				return errors.New("standard output is no file")
			}
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			if limit > 0 {
				var cancel func()
				ctx, cancel = context.WithTimeout(ctx, limit)
				defer cancel()
			}
			n, err := place.Capture(arguments[0], out, count, ctx.Done())
			if err == nil {
				fmt.Fprintf(p.stderr, "%d packets\n", n)
			}
			return err
		},
	}
	flags := cmd.Flags()
	where.add(flags)
	flags.StringVarP(&file, "write", "w", "", "`file` to write, or - for standard output")
	flags.IntVarP(&count, "count", "c", 0, "stop after so many packets")
	flags.DurationVar(&limit, "for", 0, "stop after so long: 10s")
	return cmd
}

// closeOrRemove closes a file, and removes it if nothing was written.
func closeOrRemove(f *os.File) error {
	if s, err := f.Stat(); err == nil && s.Mode().IsRegular() && s.Size() == 0 {
		return errors.Join(f.Close(), os.Remove(f.Name()))
	}
	return f.Close()
}
