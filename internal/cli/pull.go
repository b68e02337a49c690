package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/wayleave/wayleave"
	"github.com/wayleave/wayleave/internal/diagnostic"
	"github.com/wayleave/wayleave/internal/report"
	"github.com/wayleave/wayleave/internal/source/live"
)

// connect signs in to a cloud; tests replace it.
type connect func(live.Cloud) (*live.Client, error)

func (p *Program) pull() *cobra.Command {
	var options live.Options
	var output, cloud string
	cmd := &cobra.Command{
		Use:   "pull",
		Short: "snapshot a subscription to a file",
		Long: `Pull reads the network of subscriptions through Azure Resource Manager, read-only,
and writes it to one file that every other command takes. docs/live.md tells the
role it needs and what is stored.`,
		Example: "  wayleave pull --subscription 11111111-2222-3333-4444-555555555555 -o snapshot.json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if len(options.Subscriptions) == 0 {
				return &wayleave.UsageError{Message: "--subscription is missing", Hints: []string{"az account show --query id"}}
			}
			s, err := p.snapshot(options, cloud)
			if err != nil {
				return err
			}
			return p.write(output, s.JSON())
		},
	}
	flags := cmd.Flags()
	flags.StringArrayVar(&options.Subscriptions, "subscription", nil, "`id` of the subscription (repeatable)")
	flags.StringArrayVar(&options.ResourceGroups, "resource-group", nil, "only this resource `group` (repeatable)")
	flags.StringVarP(&output, "output", "o", "-", "`file` to write; - is standard output")
	flags.StringVar(&cloud, "cloud", "", "Public, AzureUSGovernment or AzureChinaCloud (default Public)")
	return cmd
}

// snapshot reads subscriptions, with progress on a terminal. What is missing
// for want of permission goes to stderr.
func (p *Program) snapshot(o live.Options, cloud string) (*live.Snapshot, error) {
	client, err := p.client(cloud)
	if err != nil {
		return nil, err
	}
	if f, ok := p.stderr.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		o.Progress = func(now live.Progress) {
			fmt.Fprintf(p.stderr, "\r\x1b[Kreading %d of %d lists, %d resources", now.Done, now.Total, now.Resources)
			if now.Done == now.Total {
				fmt.Fprint(p.stderr, "\r\x1b[K")
			}
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	s, problems := live.Pull(ctx, client, o)
	if s == nil {
		return nil, &wayleave.InputError{Diagnostics: problems}
	}
	p.diagnostics(problems)
	return s, nil
}

func (p *Program) client(name string) (*live.Client, error) {
	cloud, err := live.CloudNamed(name)
	if err != nil {
		return nil, &wayleave.UsageError{Message: diagnostic.Of(err, "unknown-cloud")[0].Summary}
	}
	client, err := p.connect(cloud)
	if err != nil {
		return nil, &wayleave.InputError{Diagnostics: diagnostic.Of(err, "sign-in")}
	}
	return client, nil
}

// takeSnapshots reads the paths that are addresses of live subscriptions and
// leaves the others.
func (p *Program) takeSnapshots(paths []string, cloud string) (files []string, taken []wayleave.Document, err error) {
	for _, path := range paths {
		if !live.IsAddress(path) {
			files = append(files, path)
			continue
		}
		o, err := live.ParseAddress(path)
		if err != nil {
			return nil, nil, &wayleave.InputError{Diagnostics: diagnostic.Of(err, "bad-address")}
		}
		s, err := p.snapshot(o, cloud)
		if err != nil {
			return nil, nil, err
		}
		taken = append(taken, wayleave.Document{Name: path, Data: s.JSON()})
	}
	return files, taken, nil
}

// write puts data into a file in one step, or on stdout.
func (p *Program) write(file string, data []byte) error {
	if file == "-" {
		_, err := p.stdout.Write(data)
		return err
	}
	if err := writeFile(file, data); err != nil {
		return &wayleave.InputError{Diagnostics: diagnostic.List{
			diagnostic.Errorf("unwritable-file", diagnostic.Position{File: filepath.ToSlash(file)}, "cannot write: %v", err),
		}}
	}
	return nil
}

func writeFile(file string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(file), ".wayleave-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails once the file has its name
	_, err = f.Write(data)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}

func (p *Program) tagsPull() *cobra.Command {
	var subscription, location, cloud, output string
	cmd := &cobra.Command{
		Use:     "pull",
		Short:   "read the service tags of a region from Azure and keep them",
		Example: "  wayleave tags pull --subscription ID --location westeurope",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if subscription == "" || location == "" {
				return &wayleave.UsageError{Message: "--subscription and --location are needed", Hints: []string{"az account show --query id; az account list-locations --query [].name"}}
			}
			client, err := p.client(cloud)
			if err != nil {
				return err
			}
			data, err := live.PullTags(context.Background(), client, subscription, location)
			if err != nil {
				return &wayleave.InputError{Diagnostics: diagnostic.Of(err, "azure-unreachable")}
			}
			if output != "" {
				return p.write(output, data)
			}
			return p.keepTags(data, location)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&subscription, "subscription", "", "`id` of any subscription")
	flags.StringVar(&location, "location", "", "`region`, such as westeurope")
	flags.StringVar(&cloud, "cloud", "", "Public, AzureUSGovernment or AzureChinaCloud (default Public)")
	flags.StringVarP(&output, "output", "o", "", "write to this `file` instead of importing; - is standard output")
	return cmd
}

// keepTags imports pulled tags like a file.
func (p *Program) keepTags(data []byte, location string) error {
	dir, err := os.MkdirTemp("", "wayleave-tags-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "serviceTags_"+filepath.Base(location)+".json")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		return err
	}
	answer, err := wayleave.ImportTags(file, wayleave.TagOptions{Getenv: p.getenv})
	if err != nil {
		return err
	}
	return report.TagImportText(p.stdout, answer, p.style(false))
}
