package servicetag

import "strings"

// spelling has the canonical spelling of the global tags that Microsoft's
// documentation or an archived file names (TAG-50). It serves to echo a name
// when no data is loaded; a name that is not here is as good a tag.
var spelling = foldAll(strings.Fields(`
	ActionGroup ApiManagement AppConfiguration ApplicationInsightsAvailability
	AppService AppServiceManagement AutonomousDevelopmentPlatform
	AzureActiveDirectory AzureActiveDirectory.ServiceEndpoint
	AzureActiveDirectoryDomainServices AzureAdvancedThreatProtection
	AzureArcInfrastructure AzureAttestation AzureBackup AzureBotService
	AzureCloud AzureCognitiveSearch AzureConnectors AzureContainerAppsService
	AzureContainerRegistry AzureCosmosDB AzureDatabricks
	AzureDataExplorerManagement AzureDataLake AzureDeviceUpdate AzureDevOps
	AzureDevSpaces AzureDigitalTwins AzureEventGrid AzureFrontDoor.Backend
	AzureFrontDoor.FirstParty AzureFrontDoor.Frontend
	AzureFrontDoor.MicrosoftSecurity AzureHealthcareAPIs
	AzureInformationProtection AzureIoTHub AzureKeyVault
	AzureLoadTestingInstanceManagement AzureMachineLearning
	AzureMachineLearningInference AzureManagedGrafana AzureMonitor
	AzureMonitor.Core AzureMonitorForSAP AzureOpenDatasets AzurePortal
	AzureResourceManager AzureSecurityCenter AzureSentinel AzureSignalR
	AzureSiteRecovery AzureSphere AzureSpringCloud AzureStack
	AzureTrafficManager AzureUpdateDelivery AzureVideoAnalyzerForMedia
	AzureWebPubSub BatchNodeManagement ChaosStudio CognitiveServicesFrontend
	CognitiveServicesManagement DataFactory DataFactoryManagement
	Dynamics365BusinessCentral Dynamics365ForMarketingEmail
	EOPExternalPublishedIPs EventHub GatewayManager Grafana
	GuestAndHybridManagement HDInsight KustoAnalytics LogicApps
	LogicAppsManagement M365ManagementActivityApi
	M365ManagementActivityApiWebhook Marketplace MicrosoftAzureFluidRelay
	MicrosoftCloudAppSecurity MicrosoftContainerRegistry
	MicrosoftDefenderForEndpoint MicrosoftPurviewPolicyDistribution
	OneDsCollector PowerBI PowerPlatformInfra PowerPlatformPlex
	PowerQueryOnline SCCservice Scuba SecurityCopilot SerialConsole ServiceBus
	ServiceFabric Sql SqlManagement Storage StorageMover StorageSyncService
	SystemServiceAzureSpringAppsResourceProvider VideoIndexer
	WindowsAdminCenter WindowsVirtualDesktop
`)...)

// regions are the last parts of regional tag names, folded: those of the
// archived files of the public, China and Germany clouds, and those of the US
// Government cloud. Both forms of TAG-46 are here: Storage.FranceCentral,
// AzureCloud.centralfrance. A region that is missing costs certainty, never
// truth: its tag is then a tag like any other.
var regions = foldAll(strings.Fields(`
	australiacentral australiacentral2 australiaeast australiasoutheast
	austriaeast belgiumcentral brazilne brazilse brazilsouth brazilsoutheast
	canadacentral canadaeast centralfrance centralindia centralus
	centraluseuap chilec chilecentral chinaeast chinaeast2 chinaeast3
	chinanorth chinanorth2 chinanorth3 eastasia easteurope eastus eastus2
	eastus2euap eastus2stage eastusslv eastusstg francecentral francesouth
	germanycentral germanyn germanynorth germanynortheast germanywc
	germanywestcentral indiasouthcentral indonesiacentral israelcentral
	israelnorthwest isrealcentral italynorth japaneast japanwest
	jioindiacentral jioindiawest koreacentral koreas2 koreasouth
	malaysiasouth malaysiawest mexicocentral newzealandnorth northcentralus
	northcentralusstage northeurope northeurope2 norwaye norwayeast norwayw
	norwaywest polandcentral qatarcentral southafricanorth southafricawest
	southcentralus southcentralus2 southcentralusstg southeastasia
	southeastus southeastus3 southfrance southindia spaincentral
	swedencentral swedensouth switzerlandn switzerlandnorth switzerlandw
	switzerlandwest taiwannorth taiwannorthwest uaecentral uaenorth uknorth
	uksouth uksouth2 ukwest usdodcentral usdodeast usgovarizona usgoviowa
	usgovtexas usgovvirginia usstagec usstagee westcentralus westeurope
	westindia westus westus2 westus3
`)...)

// split cuts a name at its last dot.
func split(name string) (base, last string, ok bool) {
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return name, "", false
	}
	return name[:i], name[i+1:], true
}

// globalByName returns the global tag that a name certainly belongs to, judged
// by the name alone: its last part is a region. A dot is not enough (TAG-3).
func globalByName(name string) (global string, ok bool) {
	base, last, dotted := split(name)
	if _, known := regions[fold(last)]; dotted && known {
		return base, true
	}
	return "", false
}

// canonicalByName returns the documented spelling of a name, as far as it is
// known: SQL.WestEurope is Sql.WestEurope.
func canonicalByName(name string) string {
	if s, ok := spelling[fold(name)]; ok {
		return s
	}
	if base, ok := globalByName(name); ok {
		if s, known := spelling[fold(base)]; known {
			return s + name[len(base):]
		}
	}
	return name
}

// Documented reports whether Microsoft's documentation or an archived file
// names the tag, or the global tag of a regional one, in any case. Without data
// it tells a tag from a word; a name that is not documented may still be one.
func Documented(name string) bool {
	if _, ok := spelling[fold(name)]; ok {
		return true
	}
	global, ok := globalByName(canonicalByName(name))
	if !ok {
		return false
	}
	_, ok = spelling[fold(global)]
	return ok
}
