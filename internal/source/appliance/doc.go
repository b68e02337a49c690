// Package appliance reads what a user states of network virtual appliances, whose
// own policy no input of Azure tells:
//
//	appliances:
//	  - address: 10.0.9.4
//	    translates: internet
//	    rules:
//	      - allow: tcp
//	        from: 10.1.0.0/16
//	        ports: [443, 8000-8100]
package appliance
